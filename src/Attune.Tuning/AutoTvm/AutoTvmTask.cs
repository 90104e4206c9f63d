using System.Collections.Immutable;
using System.Text.Json;
using Attune.Devices;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;
using Attune.Records.AutoTvm;
using Attune.Tuning.AutoTvm.Logs;

namespace Attune.Tuning.AutoTvm;

/// <summary>A task of AutoTVM as its logs name it, and its space, index for index.</summary>
public sealed record AutoTvmTask
{
    /// <summary>Name of the template for transposed convolutions.</summary>
    internal const string Transposed = "conv2d_transpose_nchw.cuda";

    private const string OldConvolution = "topi_nn_conv2d";
    private const string OldDepthwise = "topi_nn_depthwise_conv2d_nchw";

    private AutoTvmTask(string name, ImmutableArray<Knob> knobs, ConvolutionWorkload? workload)
    {
        Name = name;
        Space = new Space(knobs);
        Workload = workload;
    }

    /// <summary>Name of the template, as logs since TVM 0.7 spell it, for example "conv2d_nchw.cuda".</summary>
    public string Name { get; }

    /// <summary>All points of the template, valid on a device or not.</summary>
    public Space Space { get; }

    /// <summary>What it computes, in planar layout; null for products of several pairs, which are no tuning tasks here.</summary>
    public ConvolutionWorkload? Workload { get; }

    /// <summary>Templates whose spaces are known.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "conv2d_nchw.cuda", "depthwise_conv2d_nchw.cuda", "conv2d_nchw_winograd.cuda", Transposed, "dense_small_batch.cuda",
        "dense_large_batch.cuda", "batch_matmul.cuda", "conv2d_nchw_spatial_pack.mali", "depthwise_conv2d_nchw.mali", "conv2d_nchw_winograd.mali", "dense.mali",
    ];

    /// <summary>
    /// The task that a line of a log belongs to; why not, when its template is foreign, its arguments are none of that template, or they are so large that the
    /// space cannot be counted.
    /// </summary>
    /// <param name="record">The line.</param>
    public static Result<AutoTvmTask, string> Of(AutoTvmRecord record)
    {
        string name = NameOf(record);
        if (!Names.Contains(name))
        {
            return $"the space of '{name}' is not known; known are {string.Join(", ", Names)}";
        }

        try
        {
            using var arguments = JsonDocument.Parse(record.Arguments);
            return Of(name, arguments.RootElement);
        }
        catch (OverflowException)
        {
            return $"the space of '{name}' has more than 2^63 points with these arguments";
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or IndexOutOfRangeException)
        {
            return $"the arguments of '{name}' are not understood: {e.Message}";
        }
    }

    /// <summary>
    /// The task of a workload under one of AutoTVM's templates; null when that template cannot compute it, or when it is so large that there is no space.
    /// </summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="workload">What is computed, one lane per vector.</param>
    internal static AutoTvmTask? Of(string name, ConvolutionWorkload workload)
    {
        try
        {
            return Make(name, AutoTvmArguments.Bounded(workload));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            // Keys of tasks, which users can write, go beyond what lines of logs can have.
            return null;
        }
    }

    /// <summary>
    /// The point whose knobs have a line's values; null when there is none. Values are taken in their order: names have changed their meaning between versions,
    /// and the index belongs to the template of its time.
    /// </summary>
    /// <param name="record">A line of this task.</param>
    public Configuration? Find(AutoTvmRecord record)
    {
        if (record.Entities.Length != Space.Knobs.Length)
        {
            return null;
        }

        int[] vector = new int[Space.Knobs.Length];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = AutoTvmValues.PositionOf(Space.Knobs[i], record.Entities[i]);
            if (vector[i] < 0)
            {
                return null;
            }
        }

        return Space[Space.Encode(vector)];
    }

    /// <summary>A point as a line of a log writes it, in the order of the knobs.</summary>
    /// <param name="point">A point of <see cref="Space"/>.</param>
    public ImmutableArray<AutoTvmEntity> Entities(Configuration point) => [.. Space.Knobs.Select(knob => AutoTvmValues.Of(knob, point.Tuple(knob.Name)))];

    /// <summary>Name of the template that a line is of, as logs since TVM 0.7 spell it.</summary>
    /// <param name="record">The line.</param>
    internal static string NameOf(AutoTvmRecord record)
    {
        string backend = record.Target.Contains("mali", StringComparison.Ordinal) ? "mali" : record.Target.Split(' ')[0];
        return (record.Task, record.Template) switch
        {
            (OldConvolution, "direct") => backend == "mali" ? "conv2d_nchw_spatial_pack.mali" : $"conv2d_nchw.{backend}",
            (OldConvolution, "winograd") => $"conv2d_nchw_winograd.{backend}",
            (OldDepthwise, "direct") => $"depthwise_conv2d_nchw.{backend}",
            _ => record.Task,
        };
    }

    private static Result<AutoTvmTask, string> Of(string name, JsonElement arguments)
    {
        if (name.StartsWith("dense", StringComparison.Ordinal))
        {
            return Make(name, AutoTvmArguments.Product(arguments))!;
        }

        if (name is "batch_matmul.cuda")
        {
            return new AutoTvmTask(name, BatchedProduct(arguments), null);
        }

        ConvolutionWorkload workload = name == Transposed
            ? AutoTvmArguments.Transposed(arguments)
            : AutoTvmArguments.Convolution(arguments, name.StartsWith("depthwise", StringComparison.Ordinal));
        return Make(name, workload) is { } task ? task : $"'{name}' cannot compute {workload.Title}";
    }

    private static AutoTvmTask? Make(string name, ConvolutionWorkload workload) =>
        workload.IsDense ? new AutoTvmTask(name, ProductKnobs(name, workload), workload)
        : Suits(name, workload) ? new AutoTvmTask(name, KnobsOf(name, workload), workload)
        : null;

    private static bool Suits(string name, ConvolutionWorkload workload) =>
        !name.Contains("winograd", StringComparison.Ordinal)
        || (workload is { StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 } && workload.KernelHeight == workload.KernelWidth);

    // Winograd's own extents are products of the workload's, and can be far beyond them.
    private static ImmutableArray<Knob> WinogradKnobs(ConvolutionWorkload workload)
    {
        (long points, long tiles) = AutoTvmKnobs.WinogradExtents(workload, AutoTvmKnobs.WinogradTileOf(workload));
        AutoTvmArguments.Extent(points);
        AutoTvmArguments.Extent(tiles);
        return AutoTvmKnobs.CudaWinograd(workload);
    }

    private static ImmutableArray<Knob> ProductKnobs(string name, ConvolutionWorkload w) => name switch
    {
        "dense.mali" => AutoTvmKnobs.MaliDense(w.Width, w.OutChannels, w.InChannels),
        "dense_small_batch.cuda" => AutoTvmKnobs.CudaDenseSmall(w.InChannels),
        _ => AutoTvmKnobs.CudaDenseLarge(w.Width, w.OutChannels, w.InChannels),
    };

    private static ImmutableArray<Knob> BatchedProduct(JsonElement arguments)
    {
        int[] left = AutoTvmArguments.Shape(arguments[0]);
        int[] right = AutoTvmArguments.Shape(arguments[1]);
        return AutoTvmKnobs.CudaBatchedProduct(left[1], right[1], left[2]);
    }

    private static ImmutableArray<Knob> KnobsOf(string name, ConvolutionWorkload workload) => name switch
    {
        "conv2d_nchw.cuda" => AutoTvmKnobs.CudaDirect(workload),
        "depthwise_conv2d_nchw.cuda" => AutoTvmKnobs.CudaDepthwise(workload),
        "conv2d_nchw_winograd.cuda" => WinogradKnobs(workload),
        Transposed => AutoTvmKnobs.CudaTransposed(workload.Batch, workload.InChannels, workload.OutChannels, workload.OutHeight, workload.OutWidth),
        "conv2d_nchw_spatial_pack.mali" => AutoTvmKnobs.MaliDirect(workload),
        "depthwise_conv2d_nchw.mali" => AutoTvmKnobs.MaliDepthwise(workload),
        _ => AutoTvmKnobs.MaliWinograd(workload),
    };
}
