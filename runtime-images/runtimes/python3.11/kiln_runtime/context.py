"""The `context` that a handler is called with, with the names that AWS Lambda gives its members."""

import sys
import time


class Context:
    """What a call is about."""

    def __init__(self, configuration, metadata, deadline):
        self.aws_request_id = metadata["requestId"]
        self.function_name = configuration["functionName"]
        self.function_version = configuration["functionVersion"]
        self.invoked_function_arn = configuration["functionArn"]
        self.memory_limit_in_mb = str(configuration["memoryMb"])
        self.log_group_name = configuration["logGroup"]
        self.log_stream_name = configuration["logStream"]
        client = metadata.get("clientContext")
        self.client_context = None if client is None else ClientContext(client)
        self.identity = Identity(metadata.get("identity"))
        self._deadline = deadline

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        members = ", ".join(f"{name}={value!r}" for name, value in vars(self).items() if not name.startswith("_"))
        return f"Context({members})"


class ClientContext:
    """What a mobile client says of itself; passed through as its caller sent it."""

    def __init__(self, content):
        content = content if isinstance(content, dict) else {}
        client = content.get("client")
        self.custom = content.get("custom")
        self.env = content.get("env")
        self.client = Client(client) if isinstance(client, dict) else None

    def __repr__(self):
        return f"ClientContext(custom={self.custom!r}, env={self.env!r}, client={self.client!r})"


class Client:
    """The application that a client context names."""

    MEMBERS = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")

    def __init__(self, content):
        for name in self.MEMBERS:
            setattr(self, name, content.get(name))

    def __repr__(self):
        return f"Client({vars(self)!r})"


class Identity:
    """Who called, where the caller came with an identity."""

    def __init__(self, content):
        content = content if isinstance(content, dict) else {}
        self.cognito_identity_id = content.get("cognitoIdentityId")
        self.cognito_identity_pool_id = content.get("cognitoIdentityPoolId")

    def __repr__(self):
        return f"Identity({vars(self)!r})"
