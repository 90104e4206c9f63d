using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attune.Records;

/// <summary>How records look as JSON: snake_case names, outcomes as text, nothing written that is absent, nothing accepted that is missing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(OutcomeConverter)])]
[JsonSerializable(typeof(TuningRecord))]
[JsonSerializable(typeof(IReadOnlyList<TuningRecord>))]
internal sealed partial class RecordJson : JsonSerializerContext;

/// <summary>Outcomes as snake_case text, so that a record reads without this source at hand; numbers are refused.</summary>
internal sealed class OutcomeConverter() : JsonStringEnumConverter<Outcome>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
