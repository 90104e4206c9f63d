using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;

namespace Attune.Runtime.Files.Json;

/// <summary>The first entry: what the file is, and the hashes of all others.</summary>
internal sealed record Manifest
{
    /// <summary>2 came with narrow weights: older versions would run such a network wrongly, and must refuse it.</summary>
    public const int CurrentFormat = 2;

    /// <summary>What all others are written as, so that older versions read them.</summary>
    public const int PlainFormat = 1;

    [JsonPropertyOrder(-1)]
    public required int Format { get; init; }

    public required string ProductVersion { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string Device { get; init; }

    public required string DeviceDescription { get; init; }

    /// <summary>Kind of device; optional, a processor when absent.</summary>
    public string? DeviceKind { get; init; }

    public required int Threads { get; init; }

    public required int VectorLanes { get; init; }

    public TuningSummary? Summary { get; init; }

    /// <summary>How the network was quantised; optional.</summary>
    public PrecisionSummary? Precision { get; init; }

    /// <summary>Where the network came from; optional.</summary>
    public string? Source { get; init; }

    /// <summary>SHA-256 of that file; optional.</summary>
    public string? SourceSha256 { get; init; }

    /// <summary>Fusions that were switched off; optional.</summary>
    public ImmutableArray<string>? WithoutFusions { get; init; }

    /// <summary>Other devices; optional.</summary>
    public ImmutableArray<TunedTarget>? Targets { get; init; }

    /// <summary>Compiled programs for the device; optional.</summary>
    public ImmutableArray<DeviceCode>? Programs { get; init; }

    public required ImmutableArray<ManifestEntry> Entries { get; init; }
}

/// <summary>One other entry.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its length, bytes.</param>
/// <param name="Sha256">SHA-256 of every 16 MiB of it (the last part may be shorter), lower-case hexadecimal.</param>
internal sealed record ManifestEntry(string Name, long Length, ImmutableArray<string> Sha256);

/// <summary>JSON of the small entries.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    Converters = [typeof(SourceConverter), typeof(KindConverter), typeof(CodeConverter)])]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(ImmutableArray<TunedConfiguration>))]
internal sealed partial class ModelJson : JsonSerializerContext;

/// <summary>Kinds of device by their names.</summary>
internal sealed class KindConverter : JsonConverter<TargetKind>
{
    public override TargetKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DeviceTargets.KindOf(reader.GetString() ?? string.Empty);

    public override void Write(Utf8JsonWriter writer, TargetKind value, JsonSerializerOptions options) => writer.WriteStringValue(DeviceName.NameOf(value));
}

/// <summary>Sources as text; numbers are refused.</summary>
internal sealed class SourceConverter() : JsonStringEnumConverter<ConfigurationSource>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
