using System.Text.Json;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Runtime.Files.Container;
using Attune.Runtime.Files.Json;
using Attune.Runtime.Files.Weights;
using Attune.Runtime.Weights;
using Microsoft.Win32.SafeHandles;

namespace Attune.Runtime.Files;

/// <summary>Writes the entries of a tuned-model file, front to back, weights last.</summary>
internal static class TunedModelWriter
{
    /// <summary>Writes a new file and makes it durable.</summary>
    public static void Write(string path, TunedModel model)
    {
        var weights = new WeightLayout();
        byte[] network = NetworkJsonWriter.Write(model.Network, weights, model.Open);
        byte[] configurations = JsonSerializer.SerializeToUtf8Bytes(model.Configurations, ModelJson.Default.ImmutableArrayTunedConfiguration);
        Assemble(path, ManifestOf(model, network, configurations, weights), network, configurations, weights);
    }

    /// <summary>Writes the given entries; tests make malformed files through this.</summary>
    internal static void Assemble(string path, Manifest described, byte[] network, byte[] configurations, WeightLayout weights)
    {
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(described, ModelJson.Default.Manifest);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var entries = new List<(ContainerEntry Entry, long Header)>();
        long position = 0;
        foreach ((string name, byte[] content) in (ReadOnlySpan<(string, byte[])>)
            [(TunedModelFile.ManifestName, manifest), (TunedModelFile.NetworkName, network), (TunedModelFile.ConfigurationsName, configurations)])
        {
            var entry = new ContainerEntry(name, content.LongLength, Crc32.Append(0, content));
            byte[] header = ContainerFormat.LocalHeader(position, entry);
            RandomAccess.Write(file, header, position);
            RandomAccess.Write(file, content, position + header.Length);
            entries.Add((entry, position));
            position += header.Length + content.Length;
        }

        // The checksum stands before the weights but is known only after them; the header's length does not depend on it.
        var last = new ContainerEntry(TunedModelFile.WeightsName, weights.Length, 0);
        long begin = position + ContainerFormat.LocalHeader(position, last).Length;
        last = last with { Crc = WeightTransfer.Write(file, begin, weights) };
        RandomAccess.Write(file, ContainerFormat.LocalHeader(position, last), position);
        entries.Add((last, position));
        position = begin + weights.Length;
        RandomAccess.Write(file, ContainerFormat.Tail(position, entries), position);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>The manifest of a model with the hashes of the given entries.</summary>
    internal static Manifest ManifestOf(TunedModel model, byte[] network, byte[] configurations, WeightLayout weights) => new()
    {
        Format = NarrowWeights.FormatOf(model.Network) == WeightFormat.F32 ? Manifest.PlainFormat : Manifest.CurrentFormat,
        ProductVersion = model.ProductVersion,
        CreatedAt = model.CreatedAt.ToUniversalTime(),
        Device = model.Device,
        DeviceDescription = model.DeviceDescription,
        DeviceKind = DeviceName.NameOf(model.DeviceKind),
        Threads = model.Threads,
        VectorLanes = model.VectorLanes,
        Summary = model.Summary,
        Precision = model.Precision,
        Source = FileNameOf(model.Source),
        SourceSha256 = model.SourceSha256,
        Targets = DeviceTargets.Write(model),
        Programs = model.Programs.IsEmpty ? null : model.Programs,
        WithoutFusions = model.WithoutFusions.IsEmpty ? null : model.WithoutFusions,
        Entries =
        [
            new ManifestEntry(TunedModelFile.NetworkName, network.LongLength, [.. WeightTransfer.Hash(network)]),
            new ManifestEntry(TunedModelFile.ConfigurationsName, configurations.LongLength, [.. WeightTransfer.Hash(configurations)]),
            new ManifestEntry(TunedModelFile.WeightsName, weights.Length, [.. WeightTransfer.Hash(weights)]),
        ],
    };

    // Whoever gets the file need not learn how the folders of its maker are called. The path may come from another system than this one.
    private static string? FileNameOf(string? source) =>
        source is ['/' or '\\', ..] or [_, ':', '\\' or '/', ..] ? source[(source.LastIndexOfAny(['/', '\\']) + 1)..] : source;
}
