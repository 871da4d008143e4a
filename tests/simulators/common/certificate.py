"""Make a self-signed certificate, as found on most telephone systems."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import ssl
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _alternative_name(host: str) -> x509.GeneralName:
    """Return a host as an address if it is one, else as a name."""
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def self_signed_pem(host: str, *, expired: bool = False) -> bytes:
    """Return a private key and its self-signed certificate, which ended yesterday if it is expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC) - timedelta(days=31 if expired else 0)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([_alternative_name(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def self_signed_context(host: str) -> ssl.SSLContext:
    """Return a server context with a fresh certificate for a host."""
    return server_context(self_signed_pem(host))


def server_context(pem: bytes) -> ssl.SSLContext:
    """Return a server context with this key and certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    load(context, pem)
    return context


def load(context: ssl.SSLContext, pem: bytes) -> None:
    """Show another certificate from the next connection on."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(pem)
        context.load_cert_chain(path)
