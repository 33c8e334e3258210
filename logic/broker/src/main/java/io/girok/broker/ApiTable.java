package io.girok.broker;

import io.girok.base.Invariant;
import io.girok.wire.Request;
import io.girok.wire.RequestHandler;
import io.girok.wire.Responder;
import io.girok.wire.SupportedApis;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every API that this node answers: one row each, and nothing else is announced. Immutable.
public final class ApiTable implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ApiTable.class);

    private final @Nullable ApiRow[] rows;

    public ApiTable(List<ApiRow> rows) {
        int size = rows.stream().mapToInt(row -> row.api().id).max().orElse(-1) + 1;
        this.rows = new @Nullable ApiRow[size];
        for (ApiRow row : rows) {
            Invariant.check(this.rows[row.api().id] == null, "an API has one row in the table");
            this.rows[row.api().id] = row;
        }
    }

    /// In the order of their keys.
    public List<ApiRow> rows() {
        List<ApiRow> present = new ArrayList<>();
        for (ApiRow row : rows) {
            if (row != null) {
                present.add(row);
            }
        }
        return present;
    }

    /// What the decoder lets through, and what ApiVersions announces.
    public SupportedApis supported() {
        EnumMap<ApiKeys, SupportedApis.Versions> versions = new EnumMap<>(ApiKeys.class);
        for (ApiRow row : rows()) {
            versions.put(row.api(), new SupportedApis.Versions(row.minVersion(), row.maxVersion()));
        }
        return new SupportedApis(versions);
    }

    /// Answers the request, whatever its handler does.
    @Override
    public void handle(Request request, Responder responder) {
        ApiRow row = row(request.api());
        if (row == null || !row.supports(request.version())) {
            responder.closeConnection(request.api() + " version " + request.version() + " is not served");
            return;
        }
        AnswerOnce answer = new AnswerOnce(responder);
        try {
            row.handler().handle(request, answer);
        } catch (RuntimeException thrown) {
            failed(request, answer, thrown);
        }
    }

    /// Ends a request whose handler has thrown, so that its client does not wait for ever.
    public static void failed(Request request, Responder responder, RuntimeException thrown) {
        if (thrown instanceof Invariant.Violated) {
            responder.closeConnection("broken invariant");
            throw thrown;
        }
        LOG.error("{} version {} failed; the connection is closed", request.api(), request.version(), thrown);
        responder.closeConnection("internal error");
    }

    /// Null when the API is not answered.
    public @Nullable ApiRow row(ApiKeys api) {
        return api.id < rows.length ? rows[api.id] : null;
    }

    /// Drops what comes after the first answer: a handler that answered and then threw is done.
    private static final class AnswerOnce implements Responder {
        private final Responder responder;
        private boolean isAnswered;

        AnswerOnce(Responder responder) {
            this.responder = responder;
        }

        @Override
        public void respond(ApiMessage body) {
            responder.respond(body);
            isAnswered = true;
        }

        @Override
        public void respondNothing() {
            responder.respondNothing();
            isAnswered = true;
        }

        @Override
        public void closeConnection(String reason) {
            if (!isAnswered) {
                isAnswered = true;
                responder.closeConnection(reason);
            }
        }
    }
}
