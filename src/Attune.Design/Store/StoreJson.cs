using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attune.Design.Store;

/// <summary>How records of the store look as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(StatusConverter), typeof(SourceConverter)])]
[JsonSerializable(typeof(StoreRecord))]
internal sealed partial class StoreJson : JsonSerializerContext;

/// <summary>Statuses as snake_case text.</summary>
internal sealed class StatusConverter() : JsonStringEnumConverter<MeasurementStatus>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>Sources as snake_case text.</summary>
internal sealed class SourceConverter() : JsonStringEnumConverter<UnitTimeSource>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
