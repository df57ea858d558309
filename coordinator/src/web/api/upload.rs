//! An upload, field by field: the file goes to the disk as it comes.

use std::collections::BTreeMap;

use axum::extract::Multipart;
use axum::extract::multipart::Field;
use axum::http::StatusCode;
use utoipa::ToSchema;

use crate::dispatch::Slice;
use crate::intake::{Address, Intake, Label, NotTaken, Unfit};
use crate::web::answer::Failure;
use crate::web::text::Language;

/// The longest field that is not the file, in bytes.
const FIELD_BYTES_MAX: usize = 16 * 1024;

/// What is known besides the file.
const FIELDS: [&str; 8] =
    ["design", "revision", "profile", "label", "pieces", "material", "notes", "channel"];

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used; the form is read field by field")]
pub(super) struct Upload {
    /// The object.
    design: String,
    /// Its version.
    revision: String,
    /// The printer profile it is sliced for.
    profile: String,
    /// The TOML that would stand beside the file; or the four fields that follow.
    label: Option<String>,
    /// Pieces that a plate gives.
    pieces: Option<u32>,
    /// The filament it was sliced for.
    material: Option<String>,
    /// What a maker should know.
    notes: Option<String>,
    /// `prototype`, `clinical` or `validated`.
    channel: Option<String>,
    /// The G-code, as the last field.
    #[schema(value_type = String, format = Binary)]
    gcode: Vec<u8>,
}

impl From<NotTaken> for Failure {
    fn from(error: NotTaken) -> Self {
        let status = match error {
            NotTaken::Refused(refused) => return refused.into(),
            NotTaken::Stopping(stopping) => return stopping.into(),
            NotTaken::Unfit(Unfit::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            NotTaken::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            NotTaken::Disk { .. } => StatusCode::INSUFFICIENT_STORAGE,
        };
        Self::new(status, error.to_string()).in_french(error.tell().french)
    }
}

/// What stands in the fields of an upload besides the file, by their names.
pub(in crate::web) type Fields = BTreeMap<String, String>;

/// Reads the form into `fields` and publishes what it brings.
pub(in crate::web) async fn take(
    intake: &Intake,
    mut form: Multipart,
    fields: &mut Fields,
) -> Result<Slice, Failure> {
    while let Some(field) = form.next_field().await.map_err(|error| cut_off(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "gcode" {
            // Boxed, since who reads G-code holds all that it knows of the machine.
            return Box::pin(receive(intake, fields, field)).await;
        }
        if !FIELDS.contains(&name.as_str()) {
            let shown: String = name.chars().take(40).collect();
            let known = FIELDS.join(", ");
            return Err(Failure::impossible(format!(
                "the field {shown:?} is not known: send {known}, and gcode last"
            )));
        }
        let value = text(&name, field).await?;
        fields.insert(name, value);
    }
    Err(Failure::impossible("there is no field gcode: send the file as the last field"))
}

async fn receive(intake: &Intake, fields: &Fields, mut file: Field<'_>) -> Result<Slice, Failure> {
    let address = Address {
        design: name(fields, "design")?,
        revision: name(fields, "revision")?,
        profile: name(fields, "profile")?,
    };
    let label = match fields.get("label") {
        Some(toml) => Label::parse(toml),
        None => Label::from_fields(|key| fields.get(key).map(String::as_str)),
    };
    let label = label.map_err(|error| {
        let french = NotTaken::from(Unfit::Label(error.clone())).tell().french;
        Failure::impossible(error.to_string()).in_french(french)
    })?;
    let mut arriving = intake.arriving(address.profile.clone()).await?;
    while let Some(chunk) = file.chunk().await.map_err(|error| cut_off(&error))? {
        arriving = arriving.write(chunk).await?;
    }
    Ok(intake.take(&address, &label, arriving).await?)
}

fn name<T>(fields: &Fields, field: &str) -> Result<T, Failure>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let Some(text) = fields.get(field) else {
        return Err(Failure::impossible(format!("there is no field {field} before gcode")));
    };
    text.trim().parse().map_err(|error| {
        Failure::impossible(format!("{field}: {error}")).in_french(format!(
            "{} : ce nom a des lettres minuscules, des chiffres, et entre eux . _ -",
            Language::French.text(match field {
                "design" => "ask-design",
                "revision" => "upload-revision",
                _ => "designs-profile",
            })
        ))
    })
}

async fn text(name: &str, mut field: Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| cut_off(&error))? {
        if FIELD_BYTES_MAX < bytes.len() + chunk.len() {
            let sentence = format!("the field {name} has more than {FIELD_BYTES_MAX} bytes");
            return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, sentence));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes)
        .map_err(|_| Failure::impossible(format!("the field {name} is no text in UTF-8")))
}

fn cut_off(error: &axum::extract::multipart::MultipartError) -> Failure {
    Failure::new(error.status(), format!("the upload was cut off: {}", error.body_text()))
}
