import urllib.request
urllib.request.urlopen("http://example.org", timeout=1)
double = lambda x: 2 * x
