using System.Collections.Immutable;
using System.Globalization;
using Attune.Cohort.Profiles;
using Attune.Cohort.Profiling;
using Attune.Compile;
using Attune.Compile.Forms;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Runtime;
using Attune.Tuning.Session;

namespace Attune.Cohort.Session;

/// <summary>
/// Profiles a tuned model for cohorts: adds cheaper forms of its layers where they are asked for, searches their kernels, keeps those that are faster than
/// what they stand for, and measures what each stage costs at every setting, exactly and approximated. Use an instance once; nothing else should run meanwhile.
/// </summary>
public sealed class ProfileSession
{
    private const int FormRounds = 9;
    private readonly TunedModel model;
    private readonly string name;
    private readonly ProfileOptions options;

    /// <summary>Prepares a profile.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Name of the network in the profile.</param>
    /// <param name="options">How to profile it.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the network is none that a cohort can hold.</exception>
    public ProfileSession(TunedModel model, string name, ProfileOptions options)
    {
        this.name = name;
        this.options = options.Validated();
        IsTuned = TargetOf(model, options.Device) is not null;
        this.model = On(model, options.Device);
        if (InputOf(model.Network) is null)
        {
            throw new ArgumentException("The network has another input than one of 32-bit floats, or another first output.", nameof(model));
        }
    }

    /// <summary>True when the model was tuned for the kind of device; default kernels are measured otherwise.</summary>
    public bool IsTuned { get; }

    /// <summary>The input of a network that a cohort can hold: the only one, of 32-bit floats, as is the first output.</summary>
    /// <param name="network">The network.</param>
    /// <returns>Null for a network of another kind.</returns>
    public static NetworkValue? InputOf(Network network) =>
        network.Inputs.Length == 1 && network.Inputs[0].Type.Element == DataType.Float32 && network.Outputs[0].Type.Element == DataType.Float32
            ? network.Inputs[0]
            : null;

    /// <summary>Measures, and writes the files that the options name.</summary>
    /// <param name="calibration">Inputs to judge variants by.</param>
    /// <param name="progress">Told what happens, on the thread that measures; null for none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="TunedModelException">The device is not here any more, or the model's layers do not fit together.</exception>
    /// <exception cref="DeviceException">The device refuses a kernel, or fails.</exception>
    public async Task<ProfileResult> RunAsync(CalibrationSet calibration, IProgress<TuneEvent>? progress = null, CancellationToken cancellation = default)
    {
        var forms = new FormedModel(
            model,
            (formed, stop) => SearchAsync(formed, progress, stop),
            text => progress?.Report(new FormsAdvanced(text)),
            options.Device,
            options.Measuring.Clock);
        if (options.HasForms)
        {
            await forms.AddAsync(
                options.Forms, [.. options.Shares], options.Split, calibration, options.Threads, FormRounds, cancellation);
            if (options.ModelOutput is { } written)
            {
                TunedModelFile.Save(written, forms.Model);
            }
        }

        using var compiled = CompiledModel.Compile(forms.Model, FormedModel.OptionsFor(options.Device, options.Threads));

        // One thread waits for a device, and how devices share their time is their own affair.
        using CompiledModel? rival = options.Device.Kind == TargetKind.Cpu
            ? CompiledModel.Compile(forms.Model, FormedModel.OptionsFor(options.Device, options.Threads)) : null;
        var profiler = new NetworkProfiler(compiled, options.Measuring with
        {
            Rival = rival,
            VariantNames =
            [
                .. options.Forms.Select(PrecisionForms.NameOf),
                .. options.Shares.Select(share => string.Create(CultureInfo.InvariantCulture, $"lowrank-{share}")),
            ],
            Seed = options.Seed,
            Progress = text => progress?.Report(new ProfileAdvanced(text)),
        });
        NetworkProfile network = profiler.Run(name, calibration, cancellation);
        if (options.Output is { } path)
        {
            string? file = options.HasForms ? options.ModelOutput : options.Source;
            ProfileFile.Write(
                path, network.Profile with { Model = file is null ? null : Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(path))!, file) });
        }

        return new ProfileResult(network, forms);
    }

    private static TunedTarget? TargetOf(TunedModel model, DeviceProfile device) =>
        model.Targets.FirstOrDefault(target => target.Device == device.Id) ?? model.Targets.FirstOrDefault(target => target.DeviceKind == device.Kind);

    // A file knows several devices; the profile is about one.
    private static TunedModel On(TunedModel model, DeviceProfile device) => TargetOf(model, device) is { } target ? model.For(target) : model with
    {
        Configurations = [],
        Device = device.Id,
        DeviceDescription = device.Description,
        DeviceKind = device.Kind,
        Threads = 1,
        VectorLanes = device.Target.Lanes,
        Summary = null,
        Programs = [],
        OtherTargets = model.Targets,
    };

    /// <summary>Searches kernels for the tasks that forms add; those of the exact model keep theirs.</summary>
    private async Task<ImmutableArray<TunedConfiguration>> SearchAsync(FormedNetwork formed, IProgress<TuneEvent>? progress, CancellationToken cancellation)
    {
        progress?.Report(new FormsMade(formed.Forms.Length, formed.Forms.Select(form => form.Node).Distinct().Count()));
        if (options.Budget is not { } budget)
        {
            return model.Configurations;
        }

        var search = new KernelSearch(
            new TuneOptions { Budget = budget, Device = options.Device, Threads = options.Threads, Seed = options.Seed, Worker = options.Worker },
            options.Measuring.Clock);
        ImmutableArray<ModelTask> missing = search.Missing(formed.Network, model.Configurations);
        if (missing.IsEmpty)
        {
            return model.Configurations;
        }

        progress?.Report(new FormSearchStarted(missing.Length, budget));
        return [.. model.Configurations, .. await search.FindAsync(missing, progress ?? new Progress<TuneEvent>(), cancellation)];
    }
}
