"""A small web page behind a URL: reads what the browser sent, sets a cookie, answers HTML.

    curl 'http://127.0.0.1:8080/fn/url/any/path?name=Ada'
"""

import html


def handler(event, context):
    name = event.get("queryStringParameters", {}).get("name", "world")
    seen = any(cookie.startswith("seen=") for cookie in event.get("cookies", []))
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "text/html; charset=utf-8"},
        "cookies": ["seen=yes; Path=/; HttpOnly"],
        "body": f"<h1>Hello, {html.escape(name)}</h1>"
        f"<p>{event['requestContext']['http']['method']} {html.escape(event['rawPath'])}, "
        f"{'seen before' if seen else 'first visit'}.</p>",
    }
