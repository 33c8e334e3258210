package io.girok.server;

import io.girok.base.Principal;
import io.girok.base.Secret;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.AclAdded;
import io.girok.metadata.MetadataRecord.LoginSecretSet;
import io.girok.metadata.MetadataRecord.ScramCredentialSet;
import io.girok.metadata.ScramUser;
import io.girok.metadata.acl.Acl;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclPattern;
import io.girok.metadata.acl.AclResource;
import io.girok.security.sasl.ScramMechanism;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who may show itself by SCRAM to a cluster that has just been founded, and so can make the others
/// (`--bootstrap-admin NAME`). Immutable.
///
/// @param password null: to be asked for
record FirstAdmin(String name, @Nullable Secret password, @Nullable String passwordFile) {
    static final String OPTION = "--bootstrap-admin";
    static final String FILE_OPTION = "--bootstrap-admin-password-file";
    static final String PASSWORD_VARIABLE = "GIROK_BOOTSTRAP_ADMIN_PASSWORD";
    private static final int ITERATIONS = 8_192;
    private static final int SALT_BYTES = 20;
    private static final int LOGIN_SECRET_BYTES = 32;

    /// What is left of a command line without the options of the first admin.
    ///
    /// @param admin null when there is none
    record Parsed(List<String> others, @Nullable FirstAdmin admin) {}

    /// @throws UsageError when the options make no sense
    static Parsed parse(List<String> arguments, Map<String, String> environment) {
        List<String> others = new ArrayList<>();
        String name = null;
        String file = null;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith(OPTION)) {
                others.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String option = equals < 0 ? argument : argument.substring(0, equals);
            String value = equals < 0 && i + 1 < arguments.size()
                    ? arguments.get(++i)
                    : argument.substring(equals + 1);
            if ((equals < 0 && value.startsWith("--")) || value.isBlank()) {
                throw new UsageError(option + " has no value");
            }
            switch (option) {
                case OPTION -> name = value;
                case FILE_OPTION -> file = value;
                default -> throw new UsageError("'" + option + "' is not an option of start");
            }
        }
        if (name == null && file != null) {
            throw new UsageError(FILE_OPTION + " is given without " + OPTION + " NAME");
        }
        String password = environment.getOrDefault(PASSWORD_VARIABLE, "");
        return new Parsed(others, name == null
                ? null
                : new FirstAdmin(name, password.isEmpty() ? null : new Secret(password), file));
    }

    /// What the cluster begins with. Asks for the password, if it was not given.
    ///
    /// @param isAuthorized whether nobody may do anything without an ACL: this one may do everything then
    /// @throws UsageError when there is no password
    List<MetadataRecord> records(SecureRandom random, boolean isAuthorized) {
        Secret secret = password;
        if (secret == null || passwordFile != null) {
            try {
                secret = Passwords.read(passwordFile, "the first administrator, '" + name + "'");
            } catch (IOException e) {
                throw new UsageError(OPTION + ": no password: " + e.getMessage(), e);
            }
        }
        List<MetadataRecord> records = new ArrayList<>();
        byte[] loginSecret = new byte[LOGIN_SECRET_BYTES];
        random.nextBytes(loginSecret);
        records.add(new LoginSecretSet(new Secret(HexFormat.of().formatHex(loginSecret))));
        for (ScramMechanism mechanism : ScramMechanism.values()) {
            byte[] salt = new byte[SALT_BYTES];
            random.nextBytes(salt);
            records.add(new ScramCredentialSet(new ScramUser(name, mechanism.number()),
                    mechanism.keys(secret.reveal(), salt, ITERATIONS)));
        }
        if (isAuthorized) {
            for (AclResource resource : AclResource.values()) {
                records.add(new AclAdded(Acl.allow(AclPattern.literal(resource, AclPattern.WILDCARD),
                        Principal.user(name).toString(), AclOperation.ALL)));
            }
        }
        return records;
    }
}
