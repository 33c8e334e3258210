package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.controller.ActiveController;
import io.girok.controller.AlterQuotas;
import io.girok.controller.Result;
import io.girok.metadata.quota.QuotaEntity;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.protocol.Errors;

/// AlterClientQuotas, versions 0 and 1 (KIP-546): a command to the controller. Thread-safe.
final class AlterClientQuotasHandler implements ApiHandler {
    private final ActiveController controller;
    private final Access access;

    AlterClientQuotasHandler(ActiveController controller, Access access) {
        this.controller = controller;
        this.access = access;
    }

    /// An entry of the request.
    ///
    /// @param asked null when it cannot be asked of the controller, because of `told`
    private record Entry(AlterClientQuotasRequestData.EntryData data, Optional<AlterQuotas.Alteration> asked,
            Told told) {}

    @Override
    public void handle(Request request, Responder responder) {
        AlterClientQuotasRequestData body = (AlterClientQuotasRequestData) request.body();
        List<Entry> entries = body.entries().stream().map(AlterClientQuotasHandler::read).toList();
        List<AlterQuotas.Alteration> asked = entries.stream().flatMap(entry -> entry.asked().stream()).toList();
        var _ = controller.submit(new AlterQuotas(asked, body.validateOnly())).handle((results, failure) -> {
            if (failure == null && !body.validateOnly()) {
                audit(request, asked, results);
            }
            responder.respond(failure == null
                    ? answer(entries, results.iterator())
                    : failed(entries, ControllerAnswers.of(failure)));
            return true;
        });
    }

    private void audit(Request request, List<AlterQuotas.Alteration> asked, List<Result<QuotaEntity>> results) {
        for (int i = 0; i < asked.size(); i++) {
            if (results.get(i).isOk()) {
                access.audit()
                        .changed(request, "quota", asked.get(i).entity().toString(),
                                asked.get(i).operations().stream().map(AlterClientQuotasHandler::describe).toList());
            }
        }
    }

    private static String describe(AlterQuotas.Operation operation) {
        return operation.value()
                .map(value -> "SET " + operation.key() + "=" + value)
                .orElse("DELETE " + operation.key());
    }

    private static Entry read(AlterClientQuotasRequestData.EntryData data) {
        Map<String, String> names = new HashMap<>();
        for (EntityData part : data.entity()) {
            String name = Objects.requireNonNullElse(part.entityName(), QuotaEntity.DEFAULT);
            if (name.isEmpty() && part.entityName() != null) {
                return refused(data, "the " + part.entityType() + " has an empty name; no name at all is the default");
            }
            Optional<String> problem = QuotaEntity.problem(part.entityType(),
                    names.put(part.entityType(), name) == null);
            if (problem.isPresent()) {
                return refused(data, problem.get());
            }
        }
        boolean isAddress = names.containsKey(QuotaEntity.ADDRESS);
        if (names.isEmpty() || (isAddress && names.size() != 1)) {
            return refused(data, "a quota is one of a user, of a client id, of both, or of an ip");
        }
        QuotaEntity entity = new QuotaEntity(names.get(QuotaEntity.USER), names.get(QuotaEntity.CLIENT_ID),
                names.get(QuotaEntity.ADDRESS));
        return new Entry(data,
                Optional.of(new AlterQuotas.Alteration(entity,
                        data.ops().stream().map(AlterClientQuotasHandler::operation).toList())),
                Told.NOTHING_WRONG);
    }

    private static AlterQuotas.Operation operation(OpData op) {
        return new AlterQuotas.Operation(op.key(), op.remove() ? Optional.empty() : Optional.of(op.value()));
    }

    private static Entry refused(AlterClientQuotasRequestData.EntryData data, String why) {
        return new Entry(data, Optional.empty(), new Told(Errors.INVALID_REQUEST, why));
    }

    private static AlterClientQuotasResponseData answer(List<Entry> entries, Iterator<Result<QuotaEntity>> results) {
        List<AlterClientQuotasResponseData.EntryData> answers = new ArrayList<>();
        for (Entry entry : entries) {
            answers.add(answer(entry,
                    entry.asked().isPresent() ? ControllerAnswers.of(results.next()) : entry.told()));
        }
        return new AlterClientQuotasResponseData().setEntries(answers);
    }

    private static AlterClientQuotasResponseData failed(List<Entry> entries, Told told) {
        return new AlterClientQuotasResponseData()
                .setEntries(entries.stream().map(entry -> answer(entry, told)).toList());
    }

    private static AlterClientQuotasResponseData.EntryData answer(Entry entry, Told told) {
        return new AlterClientQuotasResponseData.EntryData().setErrorCode(told.error().code())
                .setErrorMessage(told.message())
                .setEntity(entry.data()
                        .entity()
                        .stream()
                        .map(part -> new AlterClientQuotasResponseData.EntityData().setEntityType(part.entityType())
                                .setEntityName(part.entityName()))
                        .toList());
    }
}
