# What people read on the pages. Every key stands in both languages.

nav-farm = Farm
nav-designs = Designs
nav-people = People
nav-label = Pages
log-out = Log out
language-label = Language
lost = Connection lost: the figures are old. Trying again…
no-script = Without JavaScript this page does not change by itself: reload it.
skip = To the content

numbers-label = Pieces
number-wanted = asked for
number-flight = under way
number-printed = printed
number-good = good
number-bad = bad
number-delivered = delivered
number-outstanding = still to make
number-surplus = surplus

tally-label = Printers by state
tally-working = working
tally-ready = ready
tally-person = need a person
tally-away = away

alerts-title = Needs a person
alerts-none = Nothing needs a person.
abandon = Give its print up
abandon-consequence = Its plate is offered to another printer. If it was printed after all, it still counts.

requests-title = Requests
requests-none = Nothing is asked for yet.
request-cancel = Cancel…
request-cancel-consequence = No further plate is started. What is printing ends normally and is counted.
request-cancel-do = Cancel this request
bar-label = Pieces by stage

ask-title = Ask for pieces
ask-design = Design
ask-pieces = Pieces
ask-title-field = For whom, where
ask-do = Ask
ask-no-design = Publish a design first: then pieces can be asked for here.

printers-title = Printers
printers-none = No printer has joined yet. Make an invite on the page People.
printer-pieces = pieces of
printer-for = request
printer-left = { $what } left
printer-heard = heard
printer-printed = printed
printer-nozzle = nozzle
printer-bed = bed
printer-progress = Progress
heard-never = not yet
heard-now = just now
heard-ago = { $what } ago

doing-look = result unknown
doing-faulted = fault
doing-silent = silent
doing-bed_clear = bed to clear
doing-key = key refused
doing-disk = disk full
doing-resume = paused by its maker
doing-paused = paused
doing-printing = printing
doing-finishing = finishing
doing-starting = starting
doing-preparing = preparing
doing-ready = ready
doing-hours = outside its hours
doing-foreign = own print
doing-offline = switched off
doing-unheard = not heard yet
doing-other = something new

advice-look = Its maker looks at the bed and says how many pieces came out.
advice-faulted = Its maker looks at the printer and clears the fault.
advice-silent = Its maker looks whether the computer beside it is on and has a network.
advice-bed_clear = Its maker clears the bed and says so.
advice-key = Its maker gives the agent a new OctoPrint key.
advice-disk = Its maker makes room on the disk.
advice-paused = Its maker resumes or cancels the print.

span-day = d

stage-open = open
stage-covered = all of it under way
stage-printed = printed
stage-cancelled = cancelled

designs-title = Designs
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
designs-why = Why (makers read it)
designs-withdraw-do = Withdraw this revision
channel-prototype = prototype
channel-clinical = clinical
channel-validated = validated
channel-withdrawn = withdrawn

people-title = People
people-invite-title = Invite a maker
people-invite-for = For whom
people-invite-do = Make an invite
people-invite-made = The invite. It is shown once, is good for one machine and for three days:
people-invite-how = The maker runs this on the machine beside the printer:
people-invites-title = Open invites
people-invites-none = No invite is open.
people-invite-until = good for another { $what }
people-invite-withdraw = Take it back
people-agents-title = Machines
people-agents-none = No machine has joined yet.
people-agent-revoke = Shut out…
people-agent-consequence = Its connection ends now and its prints are offered to others. What it has printed still counts. It can come back only by a new invite.
people-agent-revoke-do = Shut this machine out
people-agent-revoked = shut out { $what } ago
people-agent-joined = joined { $what } ago
people-admins-only = Only an admin can invite makers and shut machines out.

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
