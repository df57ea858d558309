# What people read on the pages. Every key stands in both languages.

nav-designs = Designs
nav-label = Pages
log-out = Log out
language-label = Language
lost = Connection lost: the figures are old. Trying again…
nav-now = Now
nav-printers = Printers
nav-requests = Requests
nav-makers = Makers
nav-statistics = Statistics
no-script = Without JavaScript this page does not change by itself: reload it.
skip = To the content

numbers-label = Pieces
number-wanted = asked for
number-flight = on printers
number-printed = printed
number-good = good
number-bad = bad
number-delivered = delivered
number-outstanding = still to make
number-surplus = surplus
finish-label = Expected finish:
finish-why = earliest: every bed is cleared at once; latest: each is left for a night
finish-early = Finish, at best
finish-late = Finish, at worst
finish-from = not before { $what }
day-today = today
totals-over = { $count ->
    [one] request that is over is counted here, too
   *[other] requests that are over are counted here, too
}

tally-label = Printers by state
tally-working = working
tally-ready = ready
tally-person = { $count ->
    [one] needs a person
   *[other] need a person
}
tally-away = away
strip-label = Every printer as one cell, coloured by its state
strip-how = Arrow keys lead from printer to printer, Enter opens one.

alerts-title = Things to do
alerts-none = Nothing to do.
alerts-all = Show all of them
alerts-publish = Publish G-code for it…
alerts-beyond = And more of them:
alerts-more = See all printers that need a person
notify-on = Tell me by sound
notify-off = Stop telling me
notify-mute = Touch to let it sound
notify-title = To do
trouble-failed = print failed
trouble-unwilling = no printer for it
trouble-late = too late for its day
advice-failed = Its maker looks at what went wrong; the plate is given to another printer by itself.
advice-unwilling = No printer takes it as its maker has set it. Publish G-code that one of them takes, or ask makers for a printer, a filament and a time like these:
advice-late = It was not done by its day, or cannot be any more: make it more pressing, ask more makers, or tell whoever waits.
abandon = Give its print up
seen-do = Seen
release = Only one machine is left
release-consequence = Prints start again on the machine that is left. If both still run, they are held back again.
abandon-consequence = Its plate is offered to another printer. If its agent tells of it after all, it still counts.

requests-title = Requests
requests-none = Nothing is asked for yet.
requests-over = All that was asked for is done or cancelled.
request-cancel = Cancel…
request-cancel-consequence = No further plate is started. What is printing ends normally and is counted.
request-cancel-do = Cancel this request
request-due = needed by
request-late = late
request-rank = Change priority or day…
request-rank-consequence = Printers that become free take what is most pressing first. Plates that printers hold stay with them.
request-rank-do = Change it
bar-label = Pieces by stage
requests-all = All requests
request-printing = Printers with a plate of it
request-printing-none = No printer holds a plate of it now.
cancel-outstanding = { $count ->
    [one] { $count } piece will not be made.
   *[other] { $count } pieces will not be made.
}
cancel-printing = { $count ->
    [one] { $count } piece on printers is still printed and counted.
   *[other] { $count } pieces on printers are still printed and counted.
}

plates-title = Plates
plates-none = No plate yet.
column-when = When
column-printer = Printer
column-request = Request
column-state = State
column-job = Job
column-end = Ends
column-nozzle = Nozzle (°C)
column-bed = Bed (°C)
column-hot = Nozzle / bed
column-left = Filament left (g)
column-maker = Maker
end-completed = printed
end-failed = failed
end-cancelled = cancelled
end-unknown = nobody knows
lease-offered = offered
lease-accepted = being prepared
lease-recalled = asked back
lease-printing = printing
lease-unknown = result unknown
lease-lapsed = given up
lease-returned = given back

label-title = Label
label-copies = How many
label-show = Show them
label-print = Print…
label-by-browser = Print this page by your browser’s menu: only the labels are on the paper.
label-printed = printed on { $what }
label-code = Code that leads to the request

ask-title = Ask for pieces
ask-design = Design
ask-pieces = Pieces
ask-title-field = For whom, where
ask-priority = Priority
ask-due = Needed by
priority-high = pressing
priority-normal = as usual
priority-low = can wait
ask-do = Ask
ahead-look = See what follows
ahead-nothing = Say how many pieces, and of which design.
ahead-plates = { $count ->
    [one] { $count } whole plate is printed.
   *[other] { $count } whole plates are printed.
}
ahead-pieces = { $count ->
    [one] They give { $count } piece.
   *[other] They give { $count } pieces.
}
ahead-never = No printer can print it now.
ask-no-design = Publish a design first: then pieces can be asked for here.
upload-title = Publish G-code
upload-revision = Revision
upload-pieces = Pieces per plate
upload-channel = How far it is proven
upload-file = G-code file
upload-how = One file for each printer profile. A revision never changes: what is improved gets a new name.
upload-do = Publish
upload-again = Choose the file once more: a browser does not keep it.

first-title = Three steps to the first visor
first-lead = A new farm needs a design, a printer, and somebody who needs something.
first-publish = Publish a design
first-publish-how = G-code for one printer profile, and how many pieces its plate gives. Further profiles can follow.
first-invite = Invite a maker
first-invite-how = The link lets one machine beside a printer join. The page changes by itself when it has.
first-ask = Ask for visors
first-ask-how = How many, and for whom. Printers take the work as their makers agree.

printers-title = Printers
printers-none = No printer has joined yet.
printers-all = All printers
printers-more = See all { $count }
printers-found = { $count ->
    [one] { $count } printer
   *[other] { $count } printers
}
filter-title = Search and filter
filter-words = Search
filter-state = State
filter-material = Material
filter-place = Place
filter-sort = Sort by
filter-look = As
filter-all-states = all
filter-all-materials = all
filter-all-places = all
filter-do = Show
filter-none = Nothing fits what was asked for.
look-list = list
look-cards = cards
sort-urgency = urgency
sort-end = next to end
sort-name = name
sort-maker = maker
sort-filament = least filament
sort-printed = most printed
paging-label = Pages of the list
paging-before = Before
paging-after = Next

plot-title = Lately
camera-title = Camera
camera-of = What the camera of { $what } sees
camera-at = Taken at
plot-label = Temperatures of nozzle and bed, and progress, over the last hours
plot-table = As a table
plot-none = The plot begins a minute after the printer is first heard.
sums-success = prints that succeed
sums-completed = printed plates
sums-failed = failed prints
sums-hours = printing time
consent-hours = Prints may start
consent-always = at any hour
consent-longest = Longest print
consent-any = any
consent-no-limit = no limit
consent-bed-ask = its maker clears it
consent-bed-itself = clears itself
consent-camera = Camera
consent-camera-prints = pictures while it prints
consent-camera-never = no pictures
form-settled = Settled meanwhile. What you typed is kept.
printer-gone = This printer left the farm. What it printed is still counted.
printer-left = { $what } left
printer-heard = last heard
printer-printed = printed
printer-nozzle = nozzle
printer-bed = bed
printer-filament = filament left on the spool
printer-spool = spool
printer-progress = Progress
heard-never = not yet
heard-now = just now
heard-ago = { $what } ago

doing-copied = doubled identity
doing-read_only = disk read-only
doing-forgotten = memory lost
doing-look = result unknown
doing-faulted = fault
doing-silent = silent
doing-cut = off in mid-print
doing-bed_clear = bed to clear
doing-key = key refused
doing-disk = disk full
doing-filament = spool empty
doing-resume = paused by its maker
doing-paused = paused
doing-printing = printing
doing-finishing = finishing
doing-starting = starting
doing-preparing = preparing
doing-ready = ready
doing-hours = outside its hours
doing-heated = kept hot
doing-foreign = own print
doing-offline = switched off
doing-unheard = not heard yet
doing-other = something new

advice-copied = Its memory card was copied. Its maker switches one of the two machines off, and lets it join anew by an invite of its own; then say here that only one is left.
advice-read_only = Its agent can write nothing to its disk: it starts nothing, and what it prints is counted once that is mended. When nothing prints any more, its maker restarts the machine, and replaces the memory card if that does not help.
advice-forgotten = Its agent lost its memory and asks OctoPrint, so that the print is counted if OctoPrint proves it. If this stays, nobody can tell how the print ends: its maker looks at the bed and clears it; then give the print up here, and its plate is made again.
advice-look = Its maker looks at the bed and says how many pieces came out.
advice-faulted = Its maker looks at the printer and clears the fault.
advice-silent = Its maker looks whether the computer beside it is on and has a network.
advice-cut = It went off with a plate that it was printing. Its maker looks whether the printer and OctoPrint are on, and what became of the print.
advice-bed_clear = Its maker clears the bed and says so.
advice-key = Its maker gives the agent a new OctoPrint key.
advice-disk = Its maker makes room on the disk.
advice-filament = Its maker loads a spool and says how much is on it.
advice-paused = Its maker resumes or cancels the print.

cause-kept-hot = It is kept hot, and OctoPrint prints nothing: nothing is started until it is turned off.
cause-key-refused = OctoPrint refuses the agent’s key.
cause-no-answer = OctoPrint does not answer.
cause-read-only = The agent’s disk can only be read.

span-day = d
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sept
month-10 = Oct
month-11 = Nov
month-12 = Dec

stage-open = open
stage-covered = all of it under way
stage-printed = printed
stage-cancelled = cancelled

designs-title = Designs
designs-found = { $count ->
    [one] { $count } revision
   *[other] { $count } revisions
}
designs-done-moved = Done: it is { $what } now.
designs-done-withdrawn = Done: it is withdrawn, and no printer starts it any more.
designs-none = No design is published yet.
designs-how = Put G-code into the folder “designs”, as design/revision/profile.gcode with profile.toml beside it. The TOML needs one line: pieces = 4
designs-problems = Cannot be taken from the folder
designs-published = published { $what } ago
designs-profile = Printer profile
designs-plate = Plate
designs-pieces = { $count ->
    [one] { $count } piece
   *[other] { $count } pieces
}
designs-material = Material
designs-time = Time
designs-filament = Filament
designs-notes = Notes
designs-withdraw = Withdraw…
designs-withdraw-consequence = No further plate of it is started; running prints end normally. It cannot be published again.
designs-withdraw-printing = { $count ->
    [one] { $count } piece of it is on printers.
   *[other] { $count } pieces of it are on printers.
}
designs-slices = G-code by printer profile
designs-promote = Make it { $what }…
designs-promote-do = Make it { $what }
designs-promote-consequence-prototype = Only requests that name it will print it from now on. Plates that printers hold are still printed.
designs-promote-consequence-clinical = Requests that name no revision will print it from now on, if it is the newest.
designs-promote-consequence-validated = Requests that name no revision will print it from now on, if it is the newest.
designs-why = Why (makers read it)
designs-withdraw-do = Withdraw this revision
slice-picture = The way of the filament, drawn
slice-about = What this G-code does
slice-layers = Layers
slice-nozzle = Nozzle, at most
slice-bed = Bed, at most
slice-size = Size of the print
slice-slicer = Slicer
slice-findings = What to know
slice-findings-none = Nothing speaks against this G-code on a printer of this profile.
slice-profile-unknown = Only makers have this profile: their agent judges the G-code.
finding-forbid = forbidden
finding-ask = asks its owner
finding-warn = worth a look
finding-note = good to know
channel-prototype = prototype
channel-clinical = clinical
channel-validated = validated
channel-withdrawn = withdrawn

log-title = What happened
log-none = Nothing has happened yet.
log-earlier = Earlier
log-latest = The latest
log-granted = plate given to it
log-accepted = being prepared
log-recalled = plate asked back
log-printing = print started
log-lapsed = given up
log-returned = given back: { $what }
log-completed = printed
log-failed = print failed
log-cancelled = print cancelled
log-unknown = result unknown
log-again = once more, by its owner: { $what }
log-judged = looked at: { $what }
log-corrected = counted again: { $what }
log-seen = seen that it failed
log-anomaly = its agent said what cannot be
log-memo = message to its maker
log-memo-read = message read
log-frozen = held back: doubled identity
log-released = held back no more
return-stale = no longer waited for
return-late = too late to start
return-withdrawn = asked back
return-maker = as its maker wished
return-printer = printer busy, off or at fault
return-fetch = G-code not fetched
return-unsafe = G-code not safe here
return-disk = disk full
return-filament = not enough filament
return-restarted = its agent restarted
return-other = for a new reason
column-what = What
column-plate = Plate
column-why = Why not
column-gravity = How grave
fit-title = G-code for this printer
fit-yes = may print here
fit-no = not given to it
fit-none = No design has G-code for { $what } yet.
fit-gone = Its file is gone from the coordinator.
misfit-profile = It is sliced for another kind of printer.
misfit-material = It needs { $what }, which is not loaded.
misfit-long = It prints for longer than the { $what } that its maker allows.
misfit-endless = Nobody knows how long it prints, and its maker allows { $what } at most.
misfit-heavy = It needs more filament than the { $what } left on the spool.
fit-more = { $count ->
    [one] One more file: see the designs
   *[other] { $count } more files: see the designs
}

makers-invite-title = Invite a maker
makers-invite-for = For whom
makers-invite-do = Make an invite
makers-invite-made = The invite. It is shown once, is good for one machine and for three days:
makers-invite-how = The maker runs this on the machine beside the printer:
makers-invites-title = Open invites
makers-invite-until = good for another { $what }
makers-invite-withdraw = Take it back
makers-invite-withdraw-consequence = Its link lets nobody join any more. Machines that have joined stay.
makers-seen = heard
makers-gone = Shut out
makers-found = { $count ->
    [one] { $count } maker
   *[other] { $count } makers
}
makers-more = { $count ->
    [one] { $count } more printer
   *[other] { $count } more printers
}
makers-all = All makers
makers-agents-none = No machine has joined yet.
memos-write = Write to this maker
memos-text = Message, shown on their page
memos-send = Send
memos-written = written
memos-read = read
memos-unread = not read yet
makers-agent-revoke = Shut out…
makers-agent-consequence = Its connection ends now and its prints are offered to others. What it has printed still counts. It can come back only by a new invite.
makers-agent-revoke-do = Shut this machine out
makers-agent-revoked = shut out { $what } ago
makers-agent-joined = joined { $what } ago
makers-admins-only = Only an admin can invite makers and shut machines out.

login-title = Log in
login-name = Name
login-password = Password
login-do = Log in
login-refused = The name or the password is wrong.
login-too-many = { $count ->
    [one] Too many wrong passwords: try again in { $count } minute.
   *[other] Too many wrong passwords: try again in { $count } minutes.
}

setup-title = The first account
setup-explain = It may do everything here, and invite others.
setup-password-rule = At least 10 characters; a few words are better than signs.
setup-do = Make the account

join-title = An invite for a printer
join-explain = This link is for the agent, the small program on the machine beside the printer. Copy the whole link from the address line and run there:

failure-title = Not possible
failure-back = Back to the farm

statistics-days = Period
statistics-last = { $count ->
    [one] last { $count } day
   *[other] last { $count } days
}
statistics-by-day = Pieces a day
statistics-by-design = By design
statistics-by-maker = By maker
statistics-by-material = Filament by kind
statistics-causes = Why prints failed
statistics-more = { $count ->
    [one] { $count } more row stands in the sheet.
   *[other] { $count } more rows stand in the sheet.
}
statistics-none = No print ended in this time.
statistics-plates = Every plate, one by one:
column-day = Day
column-cause = Cause
column-seconds = Seconds
column-success = Success (%)
column-plate-seconds = One plate (s)
column-plate-grams = One plate (g)
column-grams = Grams
sums-cancelled = cancelled prints
sums-unknown = ends nobody knows
unknown-material = not said
unknown-cause = not said

wall-title = The screen on the wall
wall-how = A link that shows figures without logging in, and names nobody. A new link ends the one before.
wall-do = Make a link
wall-made = The link. It is shown once; open it on the screen:
wall-open = Open it here
wall-finished = Just printed
wall-finished-none = Nothing has come off a bed yet.

notices-short = Notices
notices-title = Letters about what needs a person
notices-how = While no page is open, the farm writes to you: about what has needed a person for two minutes, all of it in one letter, and at most one in a quarter of an hour.
notices-no-server = This coordinator has no mail server. Whoever runs it starts it with
notices-address = Your address
notices-about = About
about-results = prints that failed, or of which nobody knows the end
about-beds = beds to clear
about-stuck = printers and agents that do not go on
about-requests = requests that are late or that no printer takes
notices-save = Write to me
notices-stop = Write to me no more
notices-waiting = A letter is on its way to { $what }: open the link in it and confirm, and what you chose holds.
notices-confirmed = You are told at { $what }.
letter-subject = { $count ->
    [one] { $count } thing needs a person
   *[other] { $count } things need a person
}
letter-why = You are told because you asked for it. There you change it: { $what }
letter-confirm-subject = is this your address?
letter-confirm = Somebody with an account of this farm wants to be told at this address what needs a person. If it was you, open this link within a day and say so there: { $what }
    If not, do nothing.
letter-end = You are told because you wrote this address into the settings of your agent. This link ends these letters: { $what }
letter-maker-subject = { $count ->
    [one] { $count } of your printers needs you
   *[other] { $count } things at your printers need you
}
letter-maker-confirm = Somebody who prints for this farm wants to be told at this address what their printers need. If it was you, open this link within a day: { $what }
letter-maker-refuse = If it was not you, do nothing: no more is sent here. You can also refuse by this link: { $what }

letters-person-confirm = Somebody with an account of this farm wants to be told at this address what needs a person. If that was you, say so here.
letters-person-confirmed = The address is confirmed: you are told by letter from now on. What about, you change on the farm’s page “Notices”.
letters-title = Letters about your printers
letters-confirm = The farm writes to you about what your own printers have needed you for since two minutes, all of it in one letter, and at most one in a quarter of an hour. Each letter has a link that ends them.
letters-confirm-do = Write to me
letters-confirmed = You are told by letter from now on.
letters-end = The farm then writes to this address no more, and forgets it.
letters-end-do = Write to me no more
letters-ended = No more letters are sent, and your address is forgotten.

maker-advice-copied = Your agent’s memory card was copied, so both machines print no more. Switch one of them off, let it join anew by an invite of its own, and tell your farm which one is left.
maker-advice-read_only = The agent’s disk can only be read, so nothing is started, and your print is counted once that is mended. When nothing prints any more, restart the agent’s machine, and replace its memory card if that does not help.
maker-advice-forgotten = Your agent lost its memory, and OctoPrint cannot tell how the print ends. Look at the bed, clear it, and give: visorfarm-agent bed-clear { $what }
maker-advice-look = Look at the bed, clear it, count the good pieces, and say so on your page or by: visorfarm-agent bed-clear { $what } --good N
maker-advice-faulted = Look at the printer and clear the fault.
maker-advice-silent = Look whether the computer beside it is on and has a network.
maker-advice-cut = It went off in the middle of a print. Look whether the printer and OctoPrint are on, and what became of the print.
maker-advice-bed_clear = Take the pieces off the bed, and say so on your page or by: visorfarm-agent bed-clear { $what }
maker-advice-key = OctoPrint refuses the agent’s key. Give this command and click Allow in OctoPrint: visorfarm-agent octoprint-key { $what }
maker-advice-disk = Make room on the disk of the agent’s machine or of OctoPrint.
maker-advice-filament = Load a spool and say how much is on it, on your page or by: visorfarm-agent spool 750 --printer { $what }
maker-advice-paused = Resume or cancel the print, in OctoPrint or at the printer.
maker-advice-failed = Look at what went wrong. The plate is given to another printer by itself.
