package io.girok.network;

import io.girok.security.PrincipalMapping;
import io.girok.security.TlsSettings;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A certificate authority of a test, and what it issues.
final class Certificates {
    static final String PASSWORD = "hunter2";

    private final X509Bundle authority;

    Certificates() throws Exception {
        authority = new CertificateBuilder().subject("CN=authority")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
    }

    X509Bundle issue(String subject) throws Exception {
        return new CertificateBuilder().subject(subject)
                .ecp256()
                .addSanDnsName("localhost")
                .addSanIpAddress(InetAddress.getByName("127.0.0.1"))
                .buildIssuedBy(authority);
    }

    /// Writes key and chain to one file.
    static Path writePem(X509Bundle bundle, Path file) throws IOException {
        return Files.writeString(file, bundle.getPrivateKeyPEM() + "\n" + bundle.getCertificatePathPEM());
    }

    /// Writes key and chain to one file, the key encrypted as OpenSSL does it.
    static Path writeEncryptedPem(X509Bundle bundle, Path file) throws Exception {
        Cipher cipher = Cipher.getInstance("PBEWithHmacSHA256AndAES_256");
        cipher.init(Cipher.ENCRYPT_MODE, SecretKeyFactory.getInstance("PBEWithHmacSHA256AndAES_256")
                .generateSecret(new PBEKeySpec(PASSWORD.toCharArray())));
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
        parameters.init(cipher.getParameters().getEncoded());
        byte[] encrypted = new EncryptedPrivateKeyInfo(parameters,
                cipher.doFinal(bundle.getKeyPair().getPrivate().getEncoded())).getEncoded();
        return Files.writeString(file, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(encrypted)
                + "\n-----END ENCRYPTED PRIVATE KEY-----\n" + bundle.getCertificatePathPEM());
    }

    static Path writeStore(X509Bundle bundle, Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", bundle.getKeyPair().getPrivate(), PASSWORD.toCharArray(),
                bundle.getCertificatePath());
        try (var out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    /// A listener's TLS with that key, which trusts the authority.
    TlsSettings settings(TlsSettings.OwnKey own, TlsSettings.ClientAuth clientAuth, String rules) {
        return settings(own, clientAuth, rules, TlsSettings.Engine.FASTEST);
    }

    /// As [#settings].
    TlsSettings settings(TlsSettings.OwnKey own, TlsSettings.ClientAuth clientAuth, String rules,
            TlsSettings.Engine engine) {
        return new TlsSettings(Optional.of(own),
                Optional.of(new TlsSettings.Trust.PemText(authority.getCertificatePEM())),
                List.of("TLSv1.3", "TLSv1.2"), List.of(), engine, clientAuth, true, PrincipalMapping.parse(rules));
    }

    static TlsSettings.OwnKey pem(Path file) {
        return new TlsSettings.OwnKey.PemFile(file.toString(), Optional.empty());
    }

    /// A client that trusts the authority.
    ///
    /// @param own what it shows of itself
    SSLSocket connect(int port, @Nullable X509Bundle own, String... protocols) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", authority.getCertificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = null;
        if (own != null) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("key", own.getKeyPair().getPrivate(), new char[0], own.getCertificatePath());
            keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
        }
        context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
        if (protocols.length != 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.setSoTimeout(20_000);
        return socket;
    }
}
