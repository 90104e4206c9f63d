using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Runtime.Files.Container;
using Attune.Runtime.Files.Json;
using Attune.Runtime.Files.Sources;
using Attune.Runtime.Files.Weights;

namespace Attune.Runtime.Files;

/// <summary>Reads the entries of a tuned-model file, front to back; nothing is believed before its hash matched.</summary>
internal static class TunedModelReader
{
    private const long LongestManifest = 1 << 26;
    private const long LongestNetwork = 1 << 28;
    private const long LongestConfigurations = 1 << 26;
    private const long LongestWeights = 1L << 40;

    /// <summary>Reads a file completely and compares every hash.</summary>
    /// <exception cref="FileDefectException">It is not what it should be.</exception>
    public static TunedModel Read(ModelSource source)
    {
        var container = new ContainerReader(source);
        (Manifest manifest, byte[] network, byte[] configurations) = ReadSmall(source, container);
        Verify(manifest, 0, TunedModelFile.NetworkName, network.Length, WeightTransfer.Hash(network));
        Verify(manifest, 1, TunedModelFile.ConfigurationsName, configurations.Length, WeightTransfer.Hash(configurations));
        (ContainerEntry entry, long content) = container.Next(TunedModelFile.WeightsName, LongestWeights);
        container.End();

        var reader = new NetworkJsonReader(entry.Length);
        Network parsed = reader.Read(network);
        Check(parsed, reader.Open);
        WeightLayout layout = WeightLayout.Of(reader.Places, entry.Length);
        Verify(manifest, 2, TunedModelFile.WeightsName, entry.Length, WeightTransfer.Read(source, content, layout));
        CheckBooleans(reader.Places);
        NetworkTypes.Check(parsed);
        return ModelOf(manifest, parsed, reader.Open, ManifestReader.Configurations(configurations));
    }

    /// <summary>
    /// Reads all but the large weights, and compares checksums instead of hashes: half the time of loading a small model would go into starting the hash's
    /// library.
    /// </summary>
    /// <exception cref="FileDefectException">It is not what it should be.</exception>
    /// <param name="source">The model; the opened one owns it, and it is given up when opening fails.</param>
    public static OpenedModel OpenModel(ModelSource source)
    {
        try
        {
            var container = new ContainerReader(source);
            (Manifest manifest, byte[] network, byte[] configurations) = ReadSmall(source, container);
            (ContainerEntry entry, long content) = container.Next(TunedModelFile.WeightsName, LongestWeights);
            container.End();

            var reader = new NetworkJsonReader(entry.Length, (position, count) => new FileElements(source, content + position, count));
            Network parsed = reader.Read(network);
            Check(parsed, reader.Open);
            _ = WeightLayout.Of(reader.Places, entry.Length);
            var opened = new OpenedModel(ModelOf(manifest, parsed, reader.Open, ManifestReader.Configurations(configurations)), source, content, entry);
            WeightTransfer.Fill(source, content, reader.Places);
            try
            {
                CheckBooleans(reader.Places);
                NetworkTypes.Check(parsed);
            }
            catch (Exception exception) when (exception is not IOException)
            {
                // Shapes lie in the weights too; what does not fit may just be damaged.
                opened.RequireIntact();
                throw;
            }

            return opened;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Reads what a file says about its devices, and the hashes of its network and weights.</summary>
    /// <exception cref="FileDefectException">It is not what it should be.</exception>
    public static (ImmutableArray<TunedTarget> Targets, ManifestEntry Network, ManifestEntry Weights) ReadTargets(ModelSource source)
    {
        (Manifest manifest, _, byte[] configurations) = ReadSmall(source, new ContainerReader(source));
        Verify(manifest, 1, TunedModelFile.ConfigurationsName, configurations.Length, WeightTransfer.Hash(configurations));
        TunedModel about = ModelOf(manifest, new Network(string.Empty, [], [], [], [], []), null, ManifestReader.Configurations(configurations));
        return (about.Targets, manifest.Entries[0], manifest.Entries[2]);
    }

    private static (Manifest Manifest, byte[] Network, byte[] Configurations) ReadSmall(ModelSource source, ContainerReader container)
    {
        Manifest manifest = ManifestReader.Manifest(ReadSmall(source, container, TunedModelFile.ManifestName, LongestManifest));
        if (manifest.Format < 1 || manifest.Threads < 1 || !DeviceTargets.Takes(KindOf(manifest), manifest.VectorLanes) || manifest.Entries.Length != 3)
        {
            throw Malformed("the manifest's format, threads, vector lanes or entries are out of range");
        }

        byte[] network = ReadSmall(source, container, TunedModelFile.NetworkName, LongestNetwork);
        return (manifest, network, ReadSmall(source, container, TunedModelFile.ConfigurationsName, LongestConfigurations));
    }

    private static byte[] ReadSmall(ModelSource source, ContainerReader container, string name, long longest)
    {
        (ContainerEntry entry, long content) = container.Next(name, longest);
        var bytes = new byte[entry.Length];
        source.Fill(bytes, content);
        return Crc32.Append(0, bytes) == entry.Crc
            ? bytes
            : throw new FileDefectException(TunedModelFailure.Corrupt, $"the checksum of its '{name}' does not match");
    }

    private static void Verify(Manifest manifest, int index, string name, long length, string[] hashes)
    {
        ManifestEntry stated = manifest.Entries[index];
        if (stated.Name != name)
        {
            throw Malformed($"the manifest does not describe '{name}'");
        }

        if (stated.Length != length || !stated.Sha256.AsSpan().SequenceEqual(hashes))
        {
            throw new FileDefectException(TunedModelFailure.Corrupt, $"the content of its '{name}' does not match the SHA-256 in the manifest");
        }
    }

    // Any byte but 0 and 1 would be a value that no C# code can make and that compares equal to neither.
    private static void CheckBooleans(List<WeightPlace> places)
    {
        foreach ((Array? data, _, _) in places)
        {
            if (data is bool[] flags && System.Runtime.InteropServices.MemoryMarshal.AsBytes(flags.AsSpan()).ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw Malformed("a boolean constant holds something else than 0 and 1");
            }
        }
    }

    private static void Check(Network network, OpenNetwork? open)
    {
        NetworkCheck.Check(network);
        if (open is not null)
        {
            NetworkCheck.Check(open.Network);
            if (!open.Inputs.Select(static input => input.Name).SequenceEqual(open.Network.Inputs.Select(static input => input.Name)))
            {
                throw Malformed("the model with open shapes has other inputs than it says");
            }
        }
    }

    private static TunedModel ModelOf(Manifest manifest, Network network, OpenNetwork? open, ImmutableArray<TunedConfiguration> configurations) =>
        new()
        {
            Network = network,
            Open = open,
            Configurations = configurations,
            Device = manifest.Device,
            DeviceDescription = manifest.DeviceDescription,
            DeviceKind = KindOf(manifest),
            OtherTargets = DeviceTargets.Read(manifest, KindOf(manifest)),
            Threads = manifest.Threads,
            VectorLanes = manifest.VectorLanes,
            CreatedAt = manifest.CreatedAt,
            ProductVersion = manifest.ProductVersion,
            Summary = manifest.Summary,
            Precision = manifest.Precision,
            Programs = manifest.Programs ?? [],
            Source = manifest.Source,
            SourceSha256 = manifest.SourceSha256,
            WithoutFusions = FusionsOf(manifest),
        };

    private static TargetKind KindOf(Manifest manifest) => manifest.DeviceKind is { } kind ? DeviceTargets.KindOf(kind) : TargetKind.Cpu;

    // A name this version does not know cannot be obeyed, and running something else silently is worse than refusing.
    private static ImmutableArray<string> FusionsOf(Manifest manifest)
    {
        ImmutableArray<string> names = manifest.WithoutFusions is { IsDefault: false } given ? given : [];
        return names.FirstOrDefault(name => name is null || Fusions.Find(name) is null) is { } unknown
            ? throw Malformed($"it switches off a fusion '{unknown}' that this version does not have")
            : names;
    }

    private static FileDefectException Malformed(string reason) => new(TunedModelFailure.Malformed, reason);
}
