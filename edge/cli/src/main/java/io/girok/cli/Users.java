package io.girok.cli;

import io.girok.server.Passwords;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.admin.UserScramCredentialsDescription;
import org.jspecify.annotations.Nullable;

/// Users as an admin client tells of them and changes them. Stateless.
final class Users {
    static final int DEFAULT_ITERATIONS = 8_192;
    private static final List<ScramMechanism> MECHANISMS = List.of(ScramMechanism.SCRAM_SHA_256,
            ScramMechanism.SCRAM_SHA_512);

    private Users() {}

    /// By name.
    static Map<String, UserScramCredentialsDescription> all(Admin admin) {
        return new TreeMap<>(Answers.of(admin.describeUserScramCredentials().all()));
    }

    /// Gives a user a password, by which it is known from here on with every mechanism.
    ///
    /// @param passwordFile null: the password is asked for
    static void setPassword(Admin admin, String name, int iterations, @Nullable String passwordFile) {
        String password;
        try {
            password = Passwords.read(passwordFile, "'" + name + "'").reveal();
        } catch (IOException e) {
            throw Failure.of("no password: " + e.getMessage());
        }
        List<UserScramCredentialAlteration> alterations = MECHANISMS.stream()
                .<UserScramCredentialAlteration>map(mechanism -> new UserScramCredentialUpsertion(name,
                        new ScramCredentialInfo(mechanism, iterations), password))
                .toList();
        Answers.of(admin.alterUserScramCredentials(alterations).all());
    }
}
