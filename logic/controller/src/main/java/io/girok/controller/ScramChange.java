package io.girok.controller;

import io.girok.base.Secret;
import io.girok.controller.AlterScramCredentials.Upsertion;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.LoginSecretSet;
import io.girok.metadata.MetadataRecord.ScramCredentialRemoved;
import io.girok.metadata.MetadataRecord.ScramCredentialSet;
import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decides on credentials for SCRAM (KIP-554). Stateless.
final class ScramChange {
    private static final int MIN_ITERATIONS = 4_096;
    private static final int MAX_ITERATIONS = 16_384;
    private static final int SHA_256_BYTES = 32;
    private static final int SHA_512_BYTES = 64;
    private static final int MAX_NAME_CHARS = 1_024;
    private static final int MAX_SALT_BYTES = 1_024;

    private ScramChange() {}

    static Decision<Map<String, Result<Boolean>>> handle(ControllerRules rules, MetadataImage image,
            AlterScramCredentials command) {
        Map<String, Result<Boolean>> results = new LinkedHashMap<>();
        Set<ScramUser> named = new HashSet<>();
        for (Upsertion upsertion : command.upsertions()) {
            note(results, upsertion.user(), named.add(upsertion.user()) ? judge(upsertion) : twice());
        }
        for (ScramUser user : command.deletions()) {
            note(results, user, named.add(user) ? judgeDeletion(image, user) : twice());
        }
        List<MetadataRecord> records = new ArrayList<>();
        command.upsertions()
                .stream()
                .filter(upsertion -> isOk(results, upsertion.user()))
                .forEach(upsertion -> records.add(new ScramCredentialSet(upsertion.user(), upsertion.credential())));
        command.deletions()
                .stream()
                .filter(user -> isOk(results, user))
                .forEach(user -> records.add(new ScramCredentialRemoved(user)));
        if (!records.isEmpty() && image.loginSecret().isEmpty()) {
            // Random, as ids are.
            records.add(new LoginSecretSet(new Secret(rules.topicIds().get() + "." + rules.topicIds().get())));
        }
        return new Decision<>(records, results);
    }

    /// The first thing that is wrong about a user stands for all.
    private static void note(Map<String, Result<Boolean>> results, ScramUser user, Result<Boolean> result) {
        results.merge(user.name(), result, (first, second) -> first.isOk() ? second : first);
    }

    private static boolean isOk(Map<String, Result<Boolean>> results, ScramUser user) {
        Result<Boolean> result = results.get(user.name());
        return result != null && result.isOk();
    }

    private static Result<Boolean> judge(Upsertion upsertion) {
        ScramUser user = upsertion.user();
        ScramCredential credential = upsertion.credential();
        if (user.name().isEmpty() || MAX_NAME_CHARS < user.name().length()) {
            return unacceptable(user.name().isEmpty() ? "Username must not be empty" : "Username is too long");
        }
        if (user.mechanism() != ScramUser.SHA_256 && user.mechanism() != ScramUser.SHA_512) {
            return unknownMechanism();
        }
        if (credential.iterations() < MIN_ITERATIONS || MAX_ITERATIONS < credential.iterations()) {
            return unacceptable(
                    credential.iterations() < MIN_ITERATIONS ? "Too few iterations" : "Too many iterations");
        }
        int hashBytes = user.mechanism() == ScramUser.SHA_256 ? SHA_256_BYTES : SHA_512_BYTES;
        boolean isWhole = credential.storedKey().length == hashBytes && credential.serverKey().length == hashBytes;
        if (!isWhole || credential.salt().length == 0 || MAX_SALT_BYTES < credential.salt().length) {
            return unacceptable("The salt or the salted password has a wrong size");
        }
        return Result.of(true);
    }

    private static Result<Boolean> judgeDeletion(MetadataImage image, ScramUser user) {
        if (user.name().isEmpty()) {
            return unacceptable("Username must not be empty");
        }
        if (user.mechanism() != ScramUser.SHA_256 && user.mechanism() != ScramUser.SHA_512) {
            return unknownMechanism();
        }
        return image.credential(user) == null
                ? Result.failed(ControllerError.RESOURCE_NOT_FOUND,
                        "Attempt to delete a user credential that does not exist")
                : Result.of(true);
    }

    private static Result<Boolean> twice() {
        return Result.failed(ControllerError.DUPLICATE_RESOURCE,
                "A user credential cannot be altered twice in the same request");
    }

    private static Result<Boolean> unknownMechanism() {
        return Result.failed(ControllerError.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
    }

    private static Result<Boolean> unacceptable(String why) {
        return Result.failed(ControllerError.UNACCEPTABLE_CREDENTIAL, why);
    }
}
