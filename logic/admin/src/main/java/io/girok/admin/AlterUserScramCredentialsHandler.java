package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.controller.ActiveController;
import io.girok.controller.AlterScramCredentials;
import io.girok.controller.AlterScramCredentials.Upsertion;
import io.girok.controller.Result;
import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import io.girok.security.sasl.ScramMechanism;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;

/// AlterUserScramCredentials, version 0 (KIP-554): a command to the controller. Thread-safe.
final class AlterUserScramCredentialsHandler implements ApiHandler {
    private static final ScramCredential NONE = new ScramCredential(new byte[0], new byte[0], new byte[0], 0);

    private final ActiveController controller;
    private final Access access;

    AlterUserScramCredentialsHandler(ActiveController controller, Access access) {
        this.controller = controller;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        AlterUserScramCredentialsRequestData body = (AlterUserScramCredentialsRequestData) request.body();
        AlterScramCredentials command = new AlterScramCredentials(
                body.upsertions()
                        .stream()
                        .map(each -> new Upsertion(new ScramUser(each.name(), each.mechanism()), credential(each)))
                        .toList(),
                body.deletions().stream().map(each -> new ScramUser(each.name(), each.mechanism())).toList());
        var _ = controller.submit(command).handle((results, failure) -> {
            if (failure == null) {
                results.forEach((user, result) -> audit(request, command, user, result));
            }
            responder.respond(new AlterUserScramCredentialsResponseData().setResults(failure == null
                    ? results.entrySet()
                            .stream()
                            .map(each -> told(each.getKey(), ControllerAnswers.of(each.getValue())))
                            .toList()
                    : failed(command, ControllerAnswers.of(failure))));
            return true;
        });
    }

    private void audit(Request request, AlterScramCredentials command, String user, Result<Boolean> result) {
        if (result.isOk()) {
            Stream<String> set = command.upsertions()
                    .stream()
                    .filter(each -> each.user().name().equals(user))
                    .map(each -> "SET " + mechanism(each.user()));
            Stream<String> deleted = command.deletions()
                    .stream()
                    .filter(each -> each.name().equals(user))
                    .map(each -> "DELETE " + mechanism(each));
            access.audit().changed(request, "credential", "User:" + user, Stream.concat(set, deleted).toList());
        }
    }

    private static String mechanism(ScramUser user) {
        ScramMechanism mechanism = ScramMechanism.of(user.mechanism());
        return mechanism == null ? "mechanism " + user.mechanism() : mechanism.mechanism();
    }

    /// What the controller refuses needs no keys: it is told the rest.
    private static ScramCredential credential(ScramCredentialUpsertion upsertion) {
        ScramMechanism mechanism = ScramMechanism.of(upsertion.mechanism());
        if (mechanism == null || upsertion.saltedPassword().length != mechanism.hashBytes()) {
            return new ScramCredential(upsertion.salt(), NONE.storedKey(), NONE.serverKey(), upsertion.iterations());
        }
        return mechanism.keys(upsertion.saltedPassword(), upsertion.salt(), upsertion.iterations());
    }

    private static List<AlterUserScramCredentialsResult> failed(AlterScramCredentials command, Told why) {
        return Stream.concat(command.upsertions().stream().map(Upsertion::user), command.deletions().stream())
                .map(ScramUser::name)
                .distinct()
                .map(user -> told(user, why))
                .toList();
    }

    private static AlterUserScramCredentialsResult told(String user, Told told) {
        return new AlterUserScramCredentialsResult().setUser(user)
                .setErrorCode(told.error().code())
                .setErrorMessage(told.message());
    }
}
