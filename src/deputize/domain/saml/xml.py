"""XML from strangers as a tree: no document types, entities or comments, nothing from the network, a bounded
depth.
"""

import base64
from typing import Any

from lxml import etree

PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"

# lxml has no types of its own.
Element = Any


class Malformed(ValueError):
    """No XML that is taken."""


def parsed(content: bytes) -> Element:
    """The root element. Raises Malformed.

    Comments are dropped before anything is read: what stands on both sides of one is one text, as it is for
    signatures, which pass over them (CVE-2017-11427 and its kin).
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Malformed("no well-formed XML") from None
    information = root.getroottree().docinfo
    if information.internalDTD is not None or information.doctype:
        raise Malformed("a document type")
    return root


def parsed_base64(encoded: str) -> Element:
    """The root element of a document in base64, blanks in which are passed over. Raises Malformed."""
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except ValueError:  # what is not ASCII is no binascii.Error
        raise Malformed("no base64") from None
    return parsed(content)


def text(element: Element | None) -> str | None:
    """The text of an element that holds nothing else, without white space around it; None otherwise."""
    if element is None or len(element):
        return None
    found: str = (element.text or "").strip()
    return found


def only(parent: Element, tag: str) -> Element:
    """The one child of this name. Raises Malformed for none and for several."""
    found = parent.findall(tag)
    if len(found) != 1:
        raise Malformed(f"{len(found)} of {tag}")
    return found[0]
