package io.girok.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.Secret;
import io.girok.metadata.setting.InvalidSetting;
import io.girok.security.JaasEntry;
import io.girok.security.PrincipalMapping;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Texts of security: what a certificate's name makes somebody, and entries of JAAS.
///
/// ```
/// 0  0 rules, a 0, and a certificate's name   1 an entry of JAAS   2 a name, held against usual rules
/// ```
final class SettingsTarget implements FuzzTarget {
    private static final int KINDS = 3;
    private static final PrincipalMapping USUAL = PrincipalMapping
            .parse("RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/,RULE:^CN=(.*?),OU=(.*?),.*$/$1@$2/L,DEFAULT");

    @Override
    public void take(byte[] input) {
        if (input.length == 0) {
            return;
        }
        String text = new String(Arrays.copyOfRange(input, 1, input.length), UTF_8);
        switch (Math.floorMod(input[0], KINDS)) {
            case 0 -> map(text);
            case 1 -> readJaas(text);
            default -> checkNamed(USUAL.apply(text), text);
        }
    }

    private static void map(String text) {
        String[] parts = text.split("\0", 2);
        // A pattern may take for ever on a long name; it is an administrator's, and not tried here.
        String name = parts.length < 2 ? "" : parts[1].substring(0, Math.min(parts[1].length(), 24));
        try {
            checkNamed(PrincipalMapping.parse(parts[0]).apply(name), name);
        } catch (InvalidSetting noRules) {
            // As documented.
        }
    }

    private static void checkNamed(Optional<String> principal, String name) {
        if (principal.isPresent() && principal.get().isEmpty() && !name.isEmpty()) {
            throw new AssertionError("a rule leaves nothing of a name");
        }
    }

    private static void readJaas(String text) {
        try {
            JaasEntry entry = JaasEntry.parse("sasl.jaas.config", new Secret(text));
            entry.users();
            if (entry.module().isEmpty()) {
                throw new AssertionError("an entry without a module");
            }
        } catch (InvalidSetting noEntry) {
            // As documented.
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(FuzzTarget.input(0, "RULE:^CN=(.*?),OU=(.*?)$/$1@$2/L, DEFAULT\0CN=Alice,OU=People"),
                FuzzTarget.input(0, "RULE:^([a-z]+)\\/(\\\\d*).*$/$1/U\0a/1"),
                FuzzTarget.input(2, "CN=Alice,OU=ServiceUsers,O=x"),
                FuzzTarget.input(1,
                        "org.apache.kafka.common.security.plain.PlainLoginModule required\n user_alice=\"a\\\"b\" "
                                + "\"user_bob\"=x username='y';"));
    }

    @Override
    public long maxAllocatedBytes(int inputBytes) {
        return 16L * 1024 * 1024 + 10_000L * inputBytes;
    }

    /// Longer ones would only find patterns that are slow.
    @Override
    public int maxInputBytes() {
        return 256;
    }
}
