package io.girok.acceptance;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;

/// A certificate authority of a test, which writes files as brokers and clients want them. Not thread-safe.
final class Authority {
    static final String PASSWORD = "test-1234";

    private final Path directory;
    private final X509Bundle authority;
    private final Path certificate;

    Authority(Path directory) {
        this.directory = directory;
        try {
            this.authority = new CertificateBuilder().subject("CN=test authority")
                    .setIsCertificateAuthority(true)
                    .ecp256()
                    .buildSelfSigned();
            this.certificate = Files.writeString(directory.resolve("authority.pem"), authority.getCertificatePEM());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Bundle issue(String subject) {
        try {
            return new CertificateBuilder().subject(subject)
                    .rsa2048()
                    .addSanDnsName("localhost")
                    .addSanIpAddress("127.0.0.1")
                    .buildIssuedBy(authority);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// Key and certificate in one PEM file.
    Path pem(String subject, String file) throws IOException {
        X509Bundle issued = issue(subject);
        return Files.writeString(directory.resolve(file),
                issued.getPrivateKeyPEM() + "\n" + issued.getCertificatePathPEM());
    }

    Path pkcs12(String subject, String file) throws Exception {
        X509Bundle issued = issue(subject);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", issued.getKeyPair().getPrivate(), PASSWORD.toCharArray(),
                issued.getCertificatePath());
        Path path = directory.resolve(file);
        try (OutputStream out = Files.newOutputStream(path)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return path;
    }

    /// What lets a broker or a client know others by this authority.
    Map<String, String> trust() {
        return Map.of("ssl.truststore.type", "PEM", "ssl.truststore.location", certificate.toString());
    }
}
