"""One module a page; web/urls.py says which address leads where and who may go there."""
