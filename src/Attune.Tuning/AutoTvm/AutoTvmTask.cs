using System.Collections.Immutable;
using System.Text.Json;
using Attune.Devices;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;
using Attune.Records.AutoTvm;

namespace Attune.Tuning.AutoTvm;

/// <summary>A task of AutoTVM as its logs name it, and its space, index for index.</summary>
public sealed record AutoTvmTask
{
    // Splits of larger numbers may be millions.
    private const int MaxExtent = 1 << 16;
    private const string OldConvolution = "topi_nn_conv2d";
    private const string OldDepthwise = "topi_nn_depthwise_conv2d_nchw";

    private AutoTvmTask(string name, ImmutableArray<Knob> knobs, ConvolutionWorkload? convolution)
    {
        Name = name;
        Space = new Space(knobs);
        Convolution = convolution;
    }

    /// <summary>Name of the template, as logs since TVM 0.7 spell it, for example "conv2d_nchw.cuda".</summary>
    public string Name { get; }

    /// <summary>All points of the template, valid on a device or not.</summary>
    public Space Space { get; }

    /// <summary>What it computes, in planar layout; null for what is no convolution.</summary>
    public ConvolutionWorkload? Convolution { get; }

    /// <summary>Templates whose spaces are known.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "conv2d_nchw.cuda", "depthwise_conv2d_nchw.cuda", "conv2d_nchw_winograd.cuda", "conv2d_transpose_nchw.cuda", "dense_small_batch.cuda",
        "dense_large_batch.cuda", "batch_matmul.cuda", "conv2d_nchw_spatial_pack.mali", "depthwise_conv2d_nchw.mali", "conv2d_nchw_winograd.mali", "dense.mali",
    ];

    /// <summary>The task that a line of a log belongs to; why not, when its template is foreign or its arguments are none of that template.</summary>
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
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or IndexOutOfRangeException or OverflowException)
        {
            return $"the arguments of '{name}' are not understood: {e.Message}";
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
            vector[i] = Find(Space.Knobs[i], record.Entities[i]);
            if (vector[i] < 0)
            {
                return null;
            }
        }

        return Space[Space.Encode(vector)];
    }

    /// <summary>A point as a line of a log writes it, in the order of the knobs.</summary>
    /// <param name="point">A point of <see cref="Space"/>.</param>
    public ImmutableArray<AutoTvmEntity> Entities(Configuration point) => [.. Space.Knobs.Select(knob => Entity(knob, point.Tuple(knob.Name)))];

    private static AutoTvmEntity Entity(Knob knob, ImmutableArray<int> value) => knob.Kind switch
    {
        KnobKind.Split => new AutoTvmEntity(knob.Name, "sp", $"[{string.Join(", ", value)}]"),
        KnobKind.Reorder => new AutoTvmEntity(knob.Name, "re", $"[{string.Join(", ", value)}]"),
        KnobKind.Annotate => new AutoTvmEntity(knob.Name, "an", $"[{string.Join(", ", value.Select(word => $"\"{Annotations.Names[word]}\""))}]"),
        _ => new AutoTvmEntity(knob.Name, "ot", $"{value[0]}"),
    };

    private static string NameOf(AutoTvmRecord record)
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
        int[] left = Shape(arguments[0]);
        int[] right = Shape(arguments[1]);
        if (name.StartsWith("dense", StringComparison.Ordinal))
        {
            (int rows, int depth, int outputs) = (left[0], left[1], right[0]);
            return new AutoTvmTask(
                name,
                name == "dense.mali" ? AutoTvmKnobs.MaliDense(rows, outputs, depth)
                    : name == "dense_small_batch.cuda" ? AutoTvmKnobs.CudaDenseSmall(depth)
                    : AutoTvmKnobs.CudaDenseLarge(rows, outputs, depth),
                null);
        }

        if (name == "batch_matmul.cuda")
        {
            return new AutoTvmTask(name, AutoTvmKnobs.CudaBatchedProduct(left[1], right[1], left[2]), null);
        }

        int[] stride = [.. Pair(arguments[2]).Select(Extent)];
        Halo padding = Padding(arguments[3], right);
        if (name == "conv2d_transpose_nchw.cuda")
        {
            int[] more = arguments.GetArrayLength() > 5 ? [.. Pair(arguments[5]).Select(Side)] : [0, 0];
            int height = ((left[2] - 1) * stride[0]) + right[2] - padding.Top - padding.Bottom + more[0];
            int width = ((left[3] - 1) * stride[1]) + right[3] - padding.Left - padding.Right + more[1];
            return new AutoTvmTask(name, AutoTvmKnobs.CudaTransposed(left[0], left[1], right[1], Extent(height), Extent(width)), null);
        }

        int[] dilation = [.. Pair(arguments[4]).Select(Extent)];
        bool depthwise = name.StartsWith("depthwise", StringComparison.Ordinal);
        ConvolutionWorkload workload = new ConvolutionWorkload
        {
            Batch = left[0],
            InChannels = left[1],
            Height = left[2],
            Width = left[3],
            OutChannels = depthwise ? Extent(right[0] * right[1]) : right[0],
            KernelHeight = right[2],
            KernelWidth = right[3],
            StrideHeight = stride[0],
            StrideWidth = stride[1],
            Padding = padding,
            DilationHeight = dilation[0],
            DilationWidth = dilation[1],
            Groups = depthwise ? left[1] : 1,
            Lanes = 1,
        }.Classified();
        Extent(workload.OutHeight);
        Extent(workload.OutWidth);
        bool winograd = name.Contains("winograd", StringComparison.Ordinal);
        bool suits = !winograd || (stride is [1, 1] && dilation is [1, 1] && right[2] == right[3]);
        if (!suits || (!depthwise && right[1] != left[1]))
        {
            return $"'{name}' cannot compute {workload.Title}";
        }

        return new AutoTvmTask(name, KnobsOf(name, workload), workload);
    }

    private static ImmutableArray<Knob> KnobsOf(string name, ConvolutionWorkload workload) => name switch
    {
        "conv2d_nchw.cuda" => AutoTvmKnobs.CudaDirect(workload),
        "depthwise_conv2d_nchw.cuda" => AutoTvmKnobs.CudaDepthwise(workload),
        "conv2d_nchw_winograd.cuda" => AutoTvmKnobs.CudaWinograd(workload),
        "conv2d_nchw_spatial_pack.mali" => AutoTvmKnobs.MaliDirect(workload),
        "depthwise_conv2d_nchw.mali" => AutoTvmKnobs.MaliDepthwise(workload),
        _ => AutoTvmKnobs.MaliWinograd(workload),
    };

    private static int Find(Knob knob, AutoTvmEntity entity)
    {
        using var document = JsonDocument.Parse(entity.Value);
        JsonElement value = document.RootElement;
        if (value.ValueKind != JsonValueKind.Array)
        {
            string text = value.ValueKind switch
            {
                JsonValueKind.True => "1",
                JsonValueKind.False => "0",
                _ => value.ToString(),
            };
            return knob.Kind == KnobKind.Scale ? knob.IndexOf(text) : -1;
        }

        string[] parts = [.. value.EnumerateArray().Select(part => part.ToString())];
        if (knob.Kind != KnobKind.Split)
        {
            return knob.IndexOf(string.Join('-', parts));
        }

        // Logs may leave the outermost factor to be worked out: the others decide.
        if (parts.Length != knob.Entities[0].Length)
        {
            return -1;
        }

        string tail = string.Join('x', parts.Skip(1));
        for (int i = 0; i < knob.Count; i++)
        {
            bool outermost = parts[0] == "-1" || parts[0] == $"{knob.Entities[i][0]}";
            if (outermost && string.Join('x', knob.Entities[i].Skip(1)) == tail)
            {
                return i;
            }
        }

        return -1;
    }

    private static int[] Shape(JsonElement tensor) =>
        tensor[0].GetString() == "TENSOR"
            ? [.. tensor[1].EnumerateArray().Select(extent => Extent(extent.GetInt32()))]
            : throw new FormatException("a shape is missing");

    private static int[] Pair(JsonElement numbers) =>
        numbers.ValueKind == JsonValueKind.Number ? [numbers.GetInt32(), numbers.GetInt32()] : [numbers[0].GetInt32(), numbers[1].GetInt32()];

    private static Halo Padding(JsonElement padding, int[] kernel)
    {
        if (padding.ValueKind == JsonValueKind.String)
        {
            bool same = padding.GetString() == "SAME";
            return same ? new Halo(kernel[2] / 2, kernel[3] / 2, (kernel[2] - 1) / 2, (kernel[3] - 1) / 2) : default;
        }

        if (padding.ValueKind == JsonValueKind.Array && padding.GetArrayLength() == 4)
        {
            int[] sides = [.. padding.EnumerateArray().Select(side => Side(side.GetInt32()))];
            return new Halo(sides[0], sides[1], sides[2], sides[3]);
        }

        int[] both = [.. Pair(padding).Select(Side)];
        return new Halo(both[0], both[1], both[0], both[1]);
    }

    private static int Side(int side) =>
        side is >= 0 and <= MaxExtent ? side : throw new FormatException($"a padding is {side}; 0 to {MaxExtent} are allowed");

    private static int Extent(int extent) =>
        extent is >= 1 and <= MaxExtent ? extent : throw new FormatException($"an extent is {extent}; 1 to {MaxExtent} are allowed");
}
