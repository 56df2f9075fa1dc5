"""archivesearch: a searchable archive for the raw dumps that a blog leaves behind."""
