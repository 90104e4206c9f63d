using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Compile.Coverage;
using Attune.Compile.Weights;
using Attune.Devices;
using Attune.Kernels;
using Attune.Runtime;
using Attune.Tuning.Session;

namespace Attune.Cli.Models;

/// <summary>A model compiled for this machine: from a .attune file, or from an ONNX file or the zoo with default configurations.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Compiled">The compiled model; owned.</param>
/// <param name="Tuned">What the .attune file says, or null.</param>
/// <param name="Source">Where the network came from: zoo:NAME, the path of an ONNX file, or null when unknown.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record RunnableModel(string Name, CompiledModel Compiled, TunedModel? Tuned, string? Source, ImmutableArray<string> Warnings) : IDisposable
{
    /// <summary>Extension of tuned models.</summary>
    public const string Extension = ".attune";

    /// <summary>The argument that names it.</summary>
    public static Argument<string> Argument() => new("FILE") { Description = "A .attune file; an ONNX file or zoo:NAME runs with default configurations." };

    /// <summary>Loads and compiles.</summary>
    /// <param name="source">A .attune file, an ONNX file or zoo:NAME.</param>
    /// <param name="threads">Value of --threads; null takes what the file was tuned for, else all processors.</param>
    /// <param name="shapes">Values of --shape, for an ONNX file.</param>
    /// <param name="weights">Value of --weights; null takes what the file has.</param>
    /// <param name="like">Inputs of a model whose shapes an ONNX file takes where it leaves them open; null for none.</param>
    /// <exception cref="CommandFailedException">It is missing, damaged or not supported.</exception>
    public static RunnableModel Load(
        string source, int? threads, IReadOnlyCollection<string> shapes, string? weights = null, IEnumerable<NetworkValue>? like = null)
    {
        WeightFormat? format = weights is null ? null : SharedOptions.ReadWeights(weights);
        if (source.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            return OfFile(source, threads, format);
        }

        int count = SharedOptions.CheckThreads(threads);
        LoadedModel loaded = like is null ? ModelLoader.Load(source, shapes) : ModelLoader.LoadLike(source, shapes, like);
        NarrowedNetwork network = NarrowModel.Of(loaded, format ?? WeightFormat.F32);
        var compiled = CompiledModel.Compile(network.Network, TunedConfigurations.None, new ModelOptions { Threads = count });
        return new RunnableModel(
            $"{loaded.BaseName} (default configurations{Named(", ", network.Format)})",
            compiled,
            null,
            loaded.Source,
            [.. loaded.Warnings, .. NarrowModel.Warnings(network)])
        {
            Weights = network.Format,
            Coverage = KernelCoverage.Of(network.Network, compiled.Coverage),
        };
    }

    /// <summary>Narrowest format of its weights.</summary>
    public WeightFormat Weights { get; private init; }

    /// <summary>What of it runs on tuned, on compiled, and on slow kernels.</summary>
    public required KernelCoverage Coverage { get; init; }

    /// <summary>Threads an inference runs on.</summary>
    public int Threads => Compiled.Options.Threads;

    /// <inheritdoc/>
    public void Dispose() => Compiled.Dispose();

    private static string Named(string before, WeightFormat format) =>
        format == WeightFormat.F32 ? string.Empty : $"{before}{WeightFormats.NameOf(format)} weights";

    private static RunnableModel OfFile(string path, int? threads, WeightFormat? format)
    {
        int? given = threads is null ? null : SharedOptions.CheckThreads(threads);

        if (format is { } wanted)
        {
            return Narrowed(path, given, wanted);
        }

        CompiledModel compiled;
        try
        {
            compiled = CompiledModel.Load(path, given is { } count ? new ModelOptions { Threads = count } : null);
        }
        catch (TunedModelException failed)
        {
            throw new CommandFailedException(TunedModelFailures.Of(failed.Error));
        }

        TunedModel tuned = compiled.Tuned!;
        WeightFormat present = WeightNarrowing.FormatOf(tuned.Network);
        return new RunnableModel(
            Path.GetFileName(path) + Named(", ", present), compiled, tuned, SourceFile.Find(tuned.Source, path), WarningsOf(tuned, compiled.Options.Threads))
        {
            Weights = present,
            Coverage = KernelCoverage.Of(tuned.Network, compiled.Coverage),
        };
    }

    /// <summary>Weights are rounded after the file was read, so all of them are in memory at once.</summary>
    private static RunnableModel Narrowed(string path, int? threads, WeightFormat format)
    {
        TunedModelLoad load = TunedModelFile.Load(path);
        if (!load.Succeeded)
        {
            throw new CommandFailedException(TunedModelFailures.Of(load.Error));
        }

        TunedModel tuned = load.Model;
        int count = threads ?? Math.Min(tuned.Threads, Environment.ProcessorCount);
        NarrowedNetwork network = NarrowModel.Of(tuned, path, format);
        var compiled = CompiledModel.Compile(network.Network, TunedConfigurations.Of(tuned.Configurations), new ModelOptions { Threads = count });
        string name = Path.GetFileName(path) + Named(", ", network.Format);
        return new RunnableModel(
            name, compiled, tuned, SourceFile.Find(tuned.Source, path), [.. WarningsOf(tuned, count), .. NarrowModel.Warnings(network, tuned)])
        {
            Weights = network.Format,
            Coverage = KernelCoverage.Of(network.Network, compiled.Coverage),
        };
    }

    private static ImmutableArray<string> WarningsOf(TunedModel tuned, int threads)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        if (CpuDevice.Detect().Fingerprint.Match(tuned.Device) == DeviceMatch.Different)
        {
            warnings.Add($"It was tuned on another CPU ({tuned.DeviceDescription}); it runs here with the nearest configurations. Tune it again for this CPU.");
        }

        if (tuned.Threads != threads)
        {
            warnings.Add($"It was tuned for {tuned.Threads} thread{(tuned.Threads == 1 ? string.Empty : "s")} but runs with {threads}; use --threads "
                + $"{tuned.Threads}, or tune with --threads {threads}.");
        }

        return warnings.ToImmutable();
    }
}
