package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The two kinds of SCRAM (RFC 5802, RFC 7677) and their formulas.
public enum ScramMechanism {
    SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 32), SHA_512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", 64);

    /// Fewer make passwords too cheap to guess (RFC 7677), and more a server too easy to keep busy.
    public static final int MIN_ITERATIONS = 4_096;
    public static final int MAX_ITERATIONS = 16_384;

    private final String mechanism;
    private final String hashName;
    private final String macName;
    private final int hashBytes;

    ScramMechanism(String mechanism, String hashName, String macName, int hashBytes) {
        this.mechanism = mechanism;
        this.hashName = hashName;
        this.macName = macName;
        this.hashBytes = hashBytes;
    }

    /// As SASL names it.
    public String mechanism() {
        return mechanism;
    }

    /// Bytes of a salted password and of what is made of it.
    public int hashBytes() {
        return hashBytes;
    }

    /// As Kafka's requests and the metadata number it.
    public int number() {
        return this == SHA_256 ? ScramUser.SHA_256 : ScramUser.SHA_512;
    }

    /// Null when it is none of the two.
    public static @Nullable ScramMechanism of(int number) {
        for (ScramMechanism each : values()) {
            if (each.number() == number) {
                return each;
            }
        }
        return null;
    }

    /// Null when it is none of the two.
    public static @Nullable ScramMechanism of(String mechanism) {
        for (ScramMechanism each : values()) {
            if (each.mechanism.equals(mechanism)) {
                return each;
            }
        }
        return null;
    }

    /// `H(data)`.
    byte[] hash(byte[] data) {
        try {
            return MessageDigest.getInstance(hashName).digest(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + hashName, e);
        }
    }

    /// `HMAC(key, data)`.
    byte[] mac(byte[] key, byte[] data) {
        return mac(key).doFinal(data);
    }

    private Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(macName);
            mac.init(new SecretKeySpec(key, macName));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + macName, e);
        }
    }

    /// `Hi(password, salt, iterations)`: the salted password.
    public byte[] salted(String password, byte[] salt, int iterations) {
        Mac mac = mac(password.getBytes(UTF_8));
        mac.update(salt);
        byte[] last = mac.doFinal(new byte[]{0, 0, 0, 1});
        byte[] result = last.clone();
        for (int i = 1; i < iterations; i++) {
            last = mac.doFinal(last);
            for (int b = 0; b < result.length; b++) {
                result[b] ^= last[b];
            }
        }
        return result;
    }

    byte[] clientKey(byte[] salted) {
        return mac(salted, "Client Key".getBytes(UTF_8));
    }

    /// What a server remembers to know a password by.
    public byte[] storedKey(byte[] salted) {
        return hash(clientKey(salted));
    }

    /// What a server shows itself by.
    public byte[] serverKey(byte[] salted) {
        return mac(salted, "Server Key".getBytes(UTF_8));
    }

    /// All that a server remembers of a password.
    public ScramCredential keys(String password, byte[] salt, int iterations) {
        return keys(salted(password, salt, iterations), salt, iterations);
    }

    /// All that a server remembers of a password that a client has salted.
    public ScramCredential keys(byte[] salted, byte[] salt, int iterations) {
        return new ScramCredential(salt, storedKey(salted), serverKey(salted), iterations);
    }

    static byte[] xor(byte[] a, byte[] b) {
        byte[] result = a.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] ^= b[i];
        }
        return result;
    }
}
