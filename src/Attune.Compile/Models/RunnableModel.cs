using System.Collections.Immutable;
using Attune.Compile.Coverage;
using Attune.Compile.Weights;
using Attune.Devices;
using Attune.Devices.Cpu;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Measuring.Probes;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.Models;

/// <summary>
/// A model compiled for this machine: from a .attune file, or from an ONNX file or the zoo with default configurations. Dispose frees the compiled model.
/// </summary>
public sealed class RunnableModel : IDisposable
{
    /// <summary>Extension of tuned models.</summary>
    public const string Extension = ".attune";

    private RunnableModel(string name, CompiledModel compiled) => (Name, Compiled) = (name, compiled);

    /// <summary>What reports call it.</summary>
    public string Name { get; }

    /// <summary>The compiled model; owned.</summary>
    public CompiledModel Compiled { get; }

    /// <summary>What the .attune file says; null for models that are not tuned.</summary>
    public TunedModel? Tuned { get; private init; }

    /// <summary>Where the network came from: zoo:NAME, the path of an ONNX file, or null when unknown.</summary>
    public string? Source { get; private init; }

    /// <summary>What is suspicious about the ONNX file.</summary>
    public ImmutableArray<string> ReadWarnings { get; private init; } = [];

    /// <summary>The network in the format of weights that was asked for; null when the file's was taken as it is.</summary>
    public NarrowedNetwork? Narrowed { get; private init; }

    /// <summary>Narrowest format of its weights.</summary>
    public WeightFormat Weights { get; private init; }

    /// <summary>What of it runs on tuned, on compiled, and on slow kernels.</summary>
    public required KernelCoverage Coverage { get; init; }

    /// <summary>Threads an inference runs on.</summary>
    public int Threads => Compiled.Options.Threads;

    /// <summary>Loads and compiles; why that cannot be otherwise.</summary>
    /// <param name="source">A .attune file, an ONNX file or zoo:NAME.</param>
    /// <param name="options">How.</param>
    public static Result<RunnableModel, ModelLoadError> Load(string source, RunnableModelOptions options) =>
        !source.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? Untuned(source, options)
        : options.Weights is { } format ? OfFile(source, options, format)
        : OfFile(source, options);

    /// <summary>Measures what the model's device can do, the processors with as many threads as the model has; why that cannot be otherwise.</summary>
    /// <param name="clock">Time.</param>
    /// <param name="cancellation">Stops.</param>
    public Result<MachineSpeed, string> Speed(TimeProvider clock, CancellationToken cancellation) => Compiled.Device.Kind == TargetKind.Cpu
        ? new MachineProbe(CpuDevice.Detect().VectorLanes, clock).Run(Threads, cancellation)
        : DeviceProbe.Run(Compiled.Device.Name);

    /// <inheritdoc/>
    public void Dispose() => Compiled.Dispose();

    private static Result<RunnableModel, ModelLoadError> Untuned(string source, RunnableModelOptions options)
    {
        Result<LoadedModel, ModelLoadError> read = options.Like is { } like
            ? ModelSource.LoadLike(source, options.Shapes, like)
            : ModelSource.Load(source, options.Shapes, options.ShapesOfInputs);
        if (!read.Succeeded)
        {
            return read.Error;
        }

        LoadedModel loaded = read.Value;
        WeightFormat format = options.Weights ?? WeightFormat.F32;
        NarrowedNetwork narrowed = WeightNarrowing.Apply(PassPipeline.Default.Run(loaded.Network), format);
        if (format != WeightFormat.F32 && narrowed.Layers.IsEmpty)
        {
            return new WeightsUnfit(loaded.BaseName, narrowed);
        }

        Result<CompiledModel, ModelLoadError> compiled = Guarded(() => CompiledModel.Compile(
            narrowed.Network,
            TunedConfigurations.None,
            new ModelOptions
            {
                Open = format == WeightFormat.F32 ? loaded.Open : null,
                Threads = options.Threads ?? UsableProcessors.Count,
                Device = options.Device,
            }));
        return !compiled.Succeeded ? compiled.Error : new RunnableModel(
            $"{loaded.BaseName} (default configurations{Named(narrowed.Format)})", compiled.Value)
        {
            Source = loaded.Source,
            ReadWarnings = loaded.Warnings,
            Narrowed = narrowed,
            Weights = narrowed.Format,
            Coverage = KernelCoverage.Of(narrowed.Network, compiled.Value.Coverage),
        };
    }

    private static Result<RunnableModel, ModelLoadError> OfFile(string path, RunnableModelOptions options)
    {
        Result<CompiledModel, ModelLoadError> compiled = Guarded(() => CompiledModel.Load(
            path, new ModelOptions { Threads = options.Threads ?? 0, ThreadsAsTuned = true, Device = options.Device }));
        if (!compiled.Succeeded)
        {
            return compiled.Error;
        }

        TunedModel tuned = compiled.Value.Tuned!;
        WeightFormat present = WeightNarrowing.FormatOf(tuned.Network);
        return new RunnableModel(Path.GetFileName(path) + Named(present), compiled.Value)
        {
            Tuned = tuned,
            Source = SourceFile.Find(tuned.Source, path),
            Weights = present,
            Coverage = KernelCoverage.Of(tuned.Network, compiled.Value.Coverage),
        };
    }

    /// <summary>Weights are rounded after the file was read, so all of them are in memory at once.</summary>
    private static Result<RunnableModel, ModelLoadError> OfFile(string path, RunnableModelOptions options, WeightFormat format)
    {
        Result<TunedModel, TunedModelError> load = TunedModelFile.Load(path);
        if (!load.Succeeded)
        {
            return new TunedModelUnusable(load.Error);
        }

        TunedModel tuned = load.Value;
        WeightFormat present = WeightNarrowing.FormatOf(tuned.Network);
        if (format != present && present != WeightFormat.F32)
        {
            return new WeightsRoundedAlready(path, present, format);
        }

        // What is in the wanted format already goes through the same steps, without a layer to round.
        NarrowedNetwork narrowed = format == present
            ? WeightNarrowing.Apply(tuned.Network, WeightFormat.F32) with { Format = present }
            : WeightNarrowing.Apply(tuned.Network, format);
        if (format != present && narrowed.Layers.IsEmpty)
        {
            return new WeightsUnfit(Path.GetFileName(path), narrowed);
        }

        int threads = options.Threads ?? Math.Min(tuned.Threads, Environment.ProcessorCount);
        Result<CompiledModel, ModelLoadError> compiled = Guarded(() => CompiledModel.Compile(
            narrowed.Network, TunedConfigurations.Of(tuned.Configurations), new ModelOptions { Threads = threads, Device = options.Device }));
        return !compiled.Succeeded ? compiled.Error : new RunnableModel(Path.GetFileName(path) + Named(narrowed.Format), compiled.Value)
        {
            Tuned = tuned,
            Source = SourceFile.Find(tuned.Source, path),
            Narrowed = narrowed,
            Weights = narrowed.Format,
            Coverage = KernelCoverage.Of(narrowed.Network, compiled.Value.Coverage),
        };
    }

    private static Result<CompiledModel, ModelLoadError> Guarded(Func<CompiledModel> compile)
    {
        try
        {
            return compile();
        }
        catch (TunedModelException failed)
        {
            return new TunedModelUnusable(failed.Error);
        }
        catch (DeviceMissingException missing)
        {
            return new DeviceMissing(missing.Device, missing.Reason);
        }
        catch (DeviceException failed)
        {
            return new DeviceRefused(failed.Message);
        }
    }

    private static string Named(WeightFormat format) => format == WeightFormat.F32 ? string.Empty : $", {WeightFormats.NameOf(format)} weights";
}
