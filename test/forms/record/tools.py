"""The two tools of every recorded agent, and its question."""

QUESTION = "Where is order A-1042? Tell the customer if it is late."
SESSION = "order-session-7"


def lookup_order(order_id: str) -> dict:
    """Look an order up."""
    return {"order_id": order_id, "status": "delayed", "arrives": "2026-12-01"}


def notify_customer(order_id: str, message: str) -> dict:
    """Send the customer of an order a message."""
    return {"order_id": order_id, "sent": True, "length": len(message)}


TOOLS = {"lookup_order": lookup_order, "notify_customer": notify_customer}
SCHEMAS = [
    {
        "type": "function",
        "function": {
            "name": tool.__name__,
            "description": tool.__doc__,
            "parameters": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in names},
                "required": names,
            },
        },
    }
    for tool, names in ((lookup_order, ["order_id"]), (notify_customer, ["order_id", "message"]))
]
