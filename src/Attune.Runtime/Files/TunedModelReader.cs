using System.Collections.Immutable;
using System.Text.Json;
using Attune.Devices;
using Attune.Kernels;
using Microsoft.Win32.SafeHandles;

namespace Attune.Runtime;

/// <summary>Reads the entries of a tuned-model file, front to back; nothing is believed before its hash matched.</summary>
internal static class TunedModelReader
{
    private const long LongestManifest = 1 << 26;
    private const long LongestNetwork = 1 << 28;
    private const long LongestConfigurations = 1 << 26;
    private const long LongestWeights = 1L << 40;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileDefectException">It is not what it should be.</exception>
    public static TunedModel Read(string path)
    {
        // Opening a pipe would wait for ever for somebody to write into it.
        if (SpecialFiles.HasNoLength(path))
        {
            throw new FileDefectException(TunedModelFailure.NotATunedModel, "it does not begin like a tuned model: it is empty, or a pipe or device instead of a file");
        }

        using SafeFileHandle file = File.OpenHandle(path);
        var container = new ContainerReader(file);
        Manifest manifest = ReadManifest(file, container);
        byte[] network = ReadSmall(file, container, manifest, 0, TunedModelFile.NetworkName, LongestNetwork);
        byte[] configurations = ReadSmall(file, container, manifest, 1, TunedModelFile.ConfigurationsName, LongestConfigurations);
        (ContainerEntry entry, long content) = container.Next(TunedModelFile.WeightsName, LongestWeights);
        container.End();

        var reader = new NetworkJsonReader(entry.Length);
        Network parsed = reader.Read(network);
        NetworkCheck.Check(parsed);
        WeightLayout layout = WeightLayout.Of(reader.Places, entry.Length);
        Verify(manifest, 2, TunedModelFile.WeightsName, entry.Length, WeightTransfer.Read(file, content, layout));
        CheckBooleans(reader.Places);
        return ModelOf(manifest, parsed, JsonSerializer.Deserialize(configurations, ModelJson.Default.ImmutableArrayTunedConfiguration));
    }

    private static Manifest ReadManifest(SafeFileHandle file, ContainerReader container)
    {
        (ContainerEntry entry, long content) = container.Next(TunedModelFile.ManifestName, LongestManifest);
        var bytes = new byte[entry.Length];
        WeightTransfer.Fill(file, bytes, content);
        if (Crc32.Append(0, bytes) != entry.Crc)
        {
            throw new FileDefectException(TunedModelFailure.Corrupt, $"the checksum of its '{TunedModelFile.ManifestName}' does not match");
        }

        // A newer format may have another shape, so its number comes first.
        using (JsonDocument document = JsonDocument.Parse(bytes))
        {
            int format = document.RootElement.GetProperty("format").GetInt32();
            if (format > Manifest.CurrentFormat)
            {
                throw new FileDefectException(TunedModelFailure.NewerVersion, $"it has format {format}, and this version reads up to {Manifest.CurrentFormat}");
            }
        }

        Manifest manifest = JsonSerializer.Deserialize(bytes, ModelJson.Default.Manifest) ?? throw Malformed("the manifest is empty");
        if (manifest.Format < 1 || manifest.Threads < 1 || manifest.VectorLanes is not (4 or 8 or 16) || manifest.Entries.IsDefault || manifest.Entries.Length != 3)
        {
            throw Malformed("the manifest's format, threads, vector lanes or entries are out of range");
        }

        return manifest;
    }

    private static byte[] ReadSmall(SafeFileHandle file, ContainerReader container, Manifest manifest, int index, string name, long longest)
    {
        (ContainerEntry entry, long content) = container.Next(name, longest);
        var bytes = new byte[entry.Length];
        WeightTransfer.Fill(file, bytes, content);
        Verify(manifest, index, name, entry.Length, WeightTransfer.Hash(bytes));
        return bytes;
    }

    private static void Verify(Manifest manifest, int index, string name, long length, string[] hashes)
    {
        ManifestEntry stated = manifest.Entries[index];
        if (stated is null || stated.Name != name || stated.Sha256.IsDefault)
        {
            throw Malformed($"the manifest does not describe '{name}'");
        }

        if (stated.Length != length || !stated.Sha256.AsSpan().SequenceEqual(hashes))
        {
            throw new FileDefectException(TunedModelFailure.Corrupt, $"the content of its '{name}' does not match the SHA-256 in the manifest");
        }
    }

    // Any byte but 0 and 1 would be a value that no C# code can make and that compares equal to neither.
    private static void CheckBooleans(List<(Array Data, long Position, long Length)> places)
    {
        foreach ((Array data, _, _) in places)
        {
            if (data is bool[] flags && System.Runtime.InteropServices.MemoryMarshal.AsBytes(flags.AsSpan()).ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw Malformed("a boolean constant holds something else than 0 and 1");
            }
        }
    }

    private static TunedModel ModelOf(Manifest manifest, Network network, ImmutableArray<TunedConfiguration> configurations)
    {
        if (configurations.IsDefault || configurations.Any(configuration => configuration is null))
        {
            throw Malformed("a configuration is missing");
        }

        if (configurations.Select(configuration => configuration.Task).Distinct(StringComparer.Ordinal).Count() != configurations.Length)
        {
            throw Malformed("a task has two configurations");
        }

        return new TunedModel
        {
            Network = network,
            Configurations = configurations,
            Device = manifest.Device,
            DeviceDescription = manifest.DeviceDescription,
            Threads = manifest.Threads,
            VectorLanes = manifest.VectorLanes,
            CreatedAt = manifest.CreatedAt,
            ProductVersion = manifest.ProductVersion,
            Summary = manifest.Summary,
            Source = manifest.Source,
            SourceSha256 = manifest.SourceSha256,
            WithoutFusions = FusionsOf(manifest),
        };
    }

    // A name this version does not know cannot be obeyed, and running something else silently is worse than refusing.
    private static ImmutableArray<string> FusionsOf(Manifest manifest)
    {
        ImmutableArray<string> names = manifest.WithoutFusions is { IsDefault: false } given ? given : [];
        return names.FirstOrDefault(name => name is null || Fusions.Find(name) is null) is { } unknown ? throw Malformed($"it switches off a fusion '{unknown}' that this version does not have") : names;
    }

    private static FileDefectException Malformed(string reason) => new(TunedModelFailure.Malformed, reason);
}
