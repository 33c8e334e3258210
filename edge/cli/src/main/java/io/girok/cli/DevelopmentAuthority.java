package io.girok.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// A certificate authority for development, in a directory: the JDK's keytool makes its keys and certificates. Owned by
/// its command.
final class DevelopmentAuthority {
    private static final String STORE = "ca.p12";
    private static final String AUTHORITY = "girok-authority";
    /// The store lies beside keys in plain PEM; keytool wants one.
    private static final String STORE_PASSWORD = "development";
    private static final String AUTHORITY_DAYS = "3650";
    private static final String CERTIFICATE_DAYS = "825";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*|[0-9a-fA-F:]+");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:]*");
    private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII));

    private final Path directory;

    private DevelopmentAuthority(Path directory) {
        this.directory = directory;
    }

    /// The one in the directory, which is made if there is none.
    static DevelopmentAuthority open(Path directory) throws IOException {
        DevelopmentAuthority authority = new DevelopmentAuthority(directory.toAbsolutePath().normalize());
        if (!Files.exists(authority.store())) {
            authority.keytool("-genkeypair", "-alias", AUTHORITY, "-dname", "CN=Girok development authority",
                    "-validity", AUTHORITY_DAYS, "-ext", "bc:c=ca:true,pathlen:0", "-ext", "ku:c=keyCertSign,cRLSign");
            authority.restrict(authority.store());
            authority.writeCertificate();
        }
        return authority;
    }

    private void writeCertificate() throws IOException {
        try {
            Files.writeString(certificate(), pem("CERTIFICATE", read().getCertificate(AUTHORITY).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("'" + certificate() + "' can't be written: " + e.getMessage(), e);
        }
    }

    private Path store() {
        return directory.resolve(STORE);
    }

    /// What whoever trusts the authority needs.
    Path certificate() {
        return directory.resolve("ca.pem");
    }

    /// Makes a key and a certificate of `CN=name`, and answers the file that has both.
    ///
    /// @param hosts names and addresses that the certificate is for; empty: it is a client's
    Path issue(String name, List<String> hosts) throws IOException {
        for (String each : hosts.isEmpty() ? List.of(name) : hosts) {
            if (!NAME.matcher(each).matches()) {
                throw Failure
                        .usage("'" + each + "' is no name; allowed: letters, digits, '.', '-', '_', or an address");
            }
        }
        if (has(name)) {
            keytool("-delete", "-alias", name);
        }
        List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name,
                "-validity", CERTIFICATE_DAYS, "-signer", AUTHORITY, "-ext", "ku:c=digitalSignature", "-ext",
                "eku=serverAuth,clientAuth"));
        if (!hosts.isEmpty()) {
            arguments.add("-ext");
            arguments.add("san=" + String.join(",", hosts.stream()
                    .map(host -> (ADDRESS.matcher(host).matches() ? "ip:" : "dns:") + host)
                    .toList()));
        }
        keytool(arguments.toArray(String[]::new));
        return write(name);
    }

    private KeyStore read() throws IOException {
        try (InputStream in = Files.newInputStream(store())) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, STORE_PASSWORD.toCharArray());
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException("'" + store() + "' can't be read: " + e.getMessage(), e);
        }
    }

    private boolean has(String name) throws IOException {
        try {
            return read().containsAlias(name);
        } catch (GeneralSecurityException e) {
            throw new IOException("'" + store() + "' can't be read: " + e.getMessage(), e);
        }
    }

    private Path write(String name) throws IOException {
        Path file = directory.resolve(name.replace(':', '_') + ".pem");
        try {
            KeyStore store = read();
            String text = pem("PRIVATE KEY", store.getKey(name, STORE_PASSWORD.toCharArray()).getEncoded())
                    + pem("CERTIFICATE", store.getCertificate(name).getEncoded());
            Files.deleteIfExists(file);
            Files.createFile(file);
            restrict(file);
            return Files.writeString(file, text);
        } catch (GeneralSecurityException e) {
            throw new IOException("the key of '" + name + "' can't be written: " + e.getMessage(), e);
        }
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n" + BASE64.encodeToString(bytes) + "\n-----END " + kind + "-----\n";
    }

    private void restrict(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private void keytool(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-keystore", store().toString(), "-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
        if (command.contains("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool has failed: " + text.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", e);
        }
    }
}
