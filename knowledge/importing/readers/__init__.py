"""Files of many formats, read into rows of question and answer."""
