package io.girok.security.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// The texts of SCRAM: attributes with commas between them. Stateless.
final class ScramText {
    /// Of a whole message: names and nonces have no other limit.
    static final int MESSAGE_MAX_BYTES = 4_096;

    private ScramText() {}

    /// Null when it is no text or longer than any honest one.
    static @Nullable String decode(byte[] message) {
        if (MESSAGE_MAX_BYTES < message.length) {
            return null;
        }
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
            return text.indexOf('\0') < 0 ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /// The value of `x=value`, null when the attribute is another one.
    static @Nullable String value(String attribute, char name) {
        return 2 <= attribute.length() && attribute.charAt(0) == name && attribute.charAt(1) == '='
                ? attribute.substring(2)
                : null;
    }

    /// Null when it is not base 64.
    static byte @Nullable [] bytes(@Nullable String base64) {
        try {
            return base64 == null ? null : Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static String escaped(String name) {
        return name.replace("=", "=3D").replace(",", "=2C");
    }

    /// Null when an equals sign stands for nothing.
    static @Nullable String unescaped(String text) {
        String name = text.replace("=2C", ",").replace("=3D", "\0");
        return name.indexOf('=') < 0 ? name.replace('\0', '=') : null;
    }

    static boolean isNonce(@Nullable String nonce) {
        return nonce != null && !nonce.isEmpty()
                && nonce.chars().allMatch(each -> 0x21 <= each && each <= 0x7e && each != ',');
    }
}
