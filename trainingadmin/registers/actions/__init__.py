"""What officers do with other departments' lists: import them, rule on matches, record what they found elsewhere."""

from trainingadmin.registers.actions.attesting import ATTESTORS, attest, attest_all
from trainingadmin.registers.actions.flagging import Mark, keep_flags
from trainingadmin.registers.actions.importing import annotated_name, import_list, problems, upload_list
from trainingadmin.registers.actions.ruling import rule

__all__ = [
    "ATTESTORS",
    "Mark",
    "annotated_name",
    "attest",
    "attest_all",
    "import_list",
    "keep_flags",
    "problems",
    "rule",
    "upload_list",
]
