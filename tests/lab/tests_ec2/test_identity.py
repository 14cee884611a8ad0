"""The token service, and STS's rules for its tokens."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from typing import Any

import boto3
from conftest import Lab
from test_calls import code

from lab.identity import REQUEST_TOKEN

ROLE = "arn:aws:iam::123456789012:role/images"


def token(lab: Lab, audience: str = "sts.amazonaws.com", bearer: str = REQUEST_TOKEN) -> str:
    request = urllib.request.Request(f"{lab.url}/oidc/token?api-version=2.0&audience={audience}")
    request.add_header("Authorization", f"Bearer {bearer}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["value"]


def assume(lab: Lab, jwt: str) -> Any:
    return lab.client("sts").assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="me", WebIdentityToken=jwt)


def status(lab: Lab, **wishes: str) -> int:
    try:
        token(lab, **wishes)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def test_a_token_says_who_the_job_is(lab: Lab) -> None:
    claims = json.loads(base64.urlsafe_b64decode(token(lab).split(".")[1] + "=="))
    assert (claims["aud"], claims["sub"]) == ("sts.amazonaws.com", "repo:octo-org/images:ref:refs/heads/topic")
    assert status(lab, bearer="wrong") == 401
    lab.post("identity", {"failures": [429, 500]})
    assert [status(lab), status(lab), status(lab)] == [429, 500, 200]


def test_sts_looks_at_audience_subject_and_end(lab: Lab) -> None:
    assert assume(lab, token(lab))["Credentials"]["SessionToken"]
    assert code(assume, lab=lab, jwt=token(lab, audience="else")) == "InvalidIdentityToken"
    assert code(assume, lab=lab, jwt="nonsense") == "InvalidIdentityToken"
    lab.post("identity", {"trust": {ROLE: ["repo:octo-org/images:pull_request"]}})
    assert code(assume, lab=lab, jwt=token(lab)) == "AccessDenied"
    lab.post("identity", {"trust": {}, "token_seconds": 0})
    assert code(assume, lab=lab, jwt=token(lab)) == "ExpiredTokenException"


def test_a_session_ends(lab: Lab) -> None:
    lab.post("identity", {"session_seconds": 1})
    session = assume(lab, token(lab))["Credentials"]
    keys = {"aws_access_key_id": session["AccessKeyId"], "aws_secret_access_key": session["SecretAccessKey"]}
    ec2 = boto3.client("ec2", region_name="us-east-1", endpoint_url=lab.url, **keys)
    ec2.describe_regions()
    time.sleep(1.1)
    assert code(ec2.describe_regions) == "RequestExpired"
