using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;

namespace Attune.Tuning.AutoTvm.Logs;

/// <summary>
/// Which points of AutoTVM's spaces are points of ours. Configurations go both ways as records keep them: names of knobs and texts of their entities, with the
/// name of the template that computes them here.
/// </summary>
internal static class AutoTvmTemplates
{
    private const string Direct = "conv2d_nchw.cuda";
    private const string Depthwise = "depthwise_conv2d_nchw.cuda";
    private const string Winograd = "conv2d_nchw_winograd.cuda";
    private const string Spatial = "conv2d_nchw_spatial_pack.mali";
    private const string SpatialDepthwise = "depthwise_conv2d_nchw.mali";
    private const string Dense = "dense_small_batch.cuda";
    private const string One = "1";

    /// <summary>A point as records of ours keep it; null when no template here has the space.</summary>
    /// <param name="task">The task.</param>
    /// <param name="point">A point of its space.</param>
    public static IReadOnlyDictionary<string, string>? KnobsOf(AutoTvmTask task, Configuration point)
    {
        if (task.Workload is not { } workload || TemplateOf(task.Name, workload) is not { } template)
        {
            return null;
        }

        var knobs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Knob knob in task.Space.Knobs)
        {
            knobs[NameOf(knob.Name, task.Name, workload)] = point.Label(knob.Name);
        }

        if (task.Name == Dense)
        {
            knobs[DenseTemplate.Outputs] = One;
            knobs[DenseTemplate.Rows] = One;
            knobs[DenseTemplate.Width] = One;
        }

        knobs[TemplateRegistry.Chooser] = template;
        return knobs;
    }

    /// <summary>The point of AutoTVM's space that a configuration of ours is; null when it is none.</summary>
    /// <param name="workload">What is computed.</param>
    /// <param name="knobs">The configuration as records keep it.</param>
    /// <param name="tasks">Makes and keeps the tasks.</param>
    public static (AutoTvmTask Task, Configuration Point)? PointOf(
        ConvolutionWorkload workload, IReadOnlyDictionary<string, string> knobs, AutoTvmTasks tasks)
    {
        if (NamesFor(workload) is not { } names || !knobs.TryGetValue(TemplateRegistry.Chooser, out string? template))
        {
            return null;
        }

        foreach (string name in names.Where(name => TemplateOf(name, workload) == template))
        {
            AutoTvmTask? task = tasks.Of(name, workload);
            bool isSingle = name != Dense
                || new[] { DenseTemplate.Outputs, DenseTemplate.Rows, DenseTemplate.Width }.All(knob => knobs.GetValueOrDefault(knob) == One);
            ImmutableDictionary<string, string>? labels = task is null || !isSingle ? null : LabelsOf(task, workload, knobs);
            if (labels is not null && task!.Space.Find(labels) is { } point)
            {
                return (task, point);
            }
        }

        return null;
    }

    // Names may be absent where a record is damaged: then there is no such point.
    private static ImmutableDictionary<string, string>? LabelsOf(AutoTvmTask task, ConvolutionWorkload workload, IReadOnlyDictionary<string, string> knobs)
    {
        var labels = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (Knob knob in task.Space.Knobs)
        {
            if (!knobs.TryGetValue(NameOf(knob.Name, task.Name, workload), out string? label))
            {
                return null;
            }

            labels[knob.Name] = label;
        }

        return labels.ToImmutable();
    }

    private static string[]? NamesFor(ConvolutionWorkload workload) =>
        workload is not { Lanes: 1, Weights: WeightFormat.F32 } ? null
        : workload.IsDense ? [Dense]
        : workload.IsTransposed ? [AutoTvmTask.Transposed]
        : workload.IsDepthwise ? [Depthwise, SpatialDepthwise]
        : workload.Groups == 1 ? [Direct, Winograd, Spatial]
        : null;

    private static string? TemplateOf(string name, ConvolutionWorkload workload) => name switch
    {
        Direct => "gpu-direct",
        Depthwise when workload.IsDepthwise => "gpu-depthwise",
        Spatial => "gpu-spatial",
        SpatialDepthwise when workload.IsDepthwise => "gpu-spatial-depthwise",
        Winograd => $"gpu-winograd{AutoTvmKnobs.WinogradTileOf(workload)}",
        Dense => "gpu-dense",
        AutoTvmTask.Transposed => "gpu-transposed",
        _ => null,
    };

    private static string NameOf(string knob, string task, ConvolutionWorkload workload) =>
        task == Winograd ? $"winograd{AutoTvmKnobs.WinogradTileOf(workload)}_{knob}"
        : task == SpatialDepthwise ? $"{SpatialTemplate.DepthwisePrefix}{knob}"
        : knob;
}
