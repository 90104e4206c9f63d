using System.Collections.Immutable;
using Attune.Kernels.Targets;

namespace Attune.Runtime;

/// <content>Several devices in one model.</content>
public sealed partial record TunedModel
{
    /// <summary>What it says about other devices than its own; at most one of each device. Empty for most models.</summary>
    public ImmutableArray<TunedTarget> OtherTargets { get; init; } = [];

    /// <summary>What it says about every device: its own first.</summary>
    public ImmutableArray<TunedTarget> Targets => [Own, .. OtherTargets];

    /// <summary>The model as one of its other targets sees it: that target's device becomes its own.</summary>
    /// <param name="target">One of <see cref="Targets"/>.</param>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    public TunedModel For(TunedTarget target)
    {
        ImmutableArray<TunedTarget> targets = Targets;
        return targets.Contains(target)
            ? this with
            {
                Configurations = target.Configurations,
                Device = target.Device,
                DeviceDescription = target.DeviceDescription,
                DeviceKind = target.DeviceKind,
                Threads = target.Threads,
                VectorLanes = target.VectorLanes,
                CreatedAt = target.CreatedAt,
                ProductVersion = target.ProductVersion,
                Summary = target.Summary,
                Programs = target.Programs,
                OtherTargets = targets.Remove(target),
            }
            : throw new ArgumentException("The model has no such target.", nameof(target));
    }

    /// <summary>
    /// Takes over what an earlier model says about other devices. Where one of them is a processor, that stays the model's own: versions that know processors
    /// alone then read the file.
    /// </summary>
    /// <param name="earlier">What an earlier model of the same network says.</param>
    internal TunedModel WithTargetsOf(ImmutableArray<TunedTarget> earlier)
    {
        ImmutableArray<TunedTarget> others = [.. earlier.Where(target => !IsFor(target))];
        TunedModel all = this with { OtherTargets = others };
        return DeviceKind != TargetKind.Cpu && others.FirstOrDefault(target => target.DeviceKind == TargetKind.Cpu) is { } processor
            ? all.For(processor)
            : all;
    }

    /// <summary>True when a target is of the model's own device.</summary>
    internal bool IsFor(TunedTarget target) => target.Device == Device && target.DeviceKind == DeviceKind;

    private TunedTarget Own => new()
    {
        Configurations = Configurations,
        Device = Device,
        DeviceDescription = DeviceDescription,
        DeviceKind = DeviceKind,
        Threads = Threads,
        VectorLanes = VectorLanes,
        CreatedAt = CreatedAt,
        ProductVersion = ProductVersion,
        Summary = Summary,
        Programs = Programs,
    };
}
