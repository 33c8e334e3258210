package io.girok.admin;

import io.girok.broker.ApiHandler;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.ScramCredential;
import io.girok.metadata.ScramUser;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.Errors;

/// DescribeUserScramCredentials, version 0 (KIP-554): who may show itself by SCRAM, and nothing of what it is known by.
/// Thread-safe.
final class DescribeUserScramCredentialsHandler implements ApiHandler {
    private final Supplier<MetadataImage> images;

    DescribeUserScramCredentialsHandler(Supplier<MetadataImage> images) {
        this.images = images;
    }

    @Override
    public void handle(Request request, Responder responder) {
        DescribeUserScramCredentialsRequestData body = (DescribeUserScramCredentialsRequestData) request.body();
        Map<String, List<CredentialInfo>> known = known();
        List<UserName> wanted = body.users();
        responder.respond(new DescribeUserScramCredentialsResponseData().setResults(wanted == null || wanted.isEmpty()
                ? known.entrySet().stream().map(each -> described(each.getKey(), each.getValue())).toList()
                : described(wanted, known)));
    }

    private Map<String, List<CredentialInfo>> known() {
        Map<String, List<CredentialInfo>> known = new TreeMap<>();
        for (Map.Entry<ScramUser, ScramCredential> each : new TreeMap<>(images.get().credentials()).entrySet()) {
            known.computeIfAbsent(each.getKey().name(), _ -> new ArrayList<>())
                    .add(new CredentialInfo().setMechanism((byte) each.getKey().mechanism())
                            .setIterations(each.getValue().iterations()));
        }
        return known;
    }

    private static List<DescribeUserScramCredentialsResult> described(List<UserName> wanted,
            Map<String, List<CredentialInfo>> known) {
        Map<String, DescribeUserScramCredentialsResult> results = new LinkedHashMap<>();
        for (UserName each : wanted) {
            String user = each.name();
            List<CredentialInfo> credentials = known.get(user);
            if (results.containsKey(user)) {
                results.put(user, failed(user, Errors.DUPLICATE_RESOURCE,
                        "Cannot describe SCRAM credentials for the same user twice in a single request: " + user));
            } else if (credentials == null) {
                results.put(user, failed(user, Errors.RESOURCE_NOT_FOUND,
                        "Attempt to describe a user credential that does not exist: " + user));
            } else {
                results.put(user, described(user, credentials));
            }
        }
        return List.copyOf(results.values());
    }

    private static DescribeUserScramCredentialsResult described(String user, List<CredentialInfo> credentials) {
        return new DescribeUserScramCredentialsResult().setUser(user).setCredentialInfos(credentials);
    }

    private static DescribeUserScramCredentialsResult failed(String user, Errors error, String message) {
        return new DescribeUserScramCredentialsResult().setUser(user)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
