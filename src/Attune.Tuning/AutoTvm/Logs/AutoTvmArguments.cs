using System.Text.Json;
using Attune.Kernels.Templates;

namespace Attune.Tuning.AutoTvm.Logs;

/// <summary>
/// The arguments of AutoTVM's tasks: shapes, strides and paddings as its logs write them. Every method throws a <see cref="FormatException"/>, or what the JSON
/// reader throws, where the arguments are none of such a task.
/// </summary>
internal static class AutoTvmArguments
{
    // Splits of larger numbers may be millions.
    private const int MaxExtent = 1 << 16;

    // Keys of tasks have four digits for kernels, strides, paddings and dilations.
    private const int MaxStep = 9999;
    private const string Numbers = "float32";
    private const string Layout = "NCHW";
    private static readonly string[] Types = ["float", "bfloat", "int", "uint", "bool"];

    /// <summary>The geometry of a convolution in planar layout.</summary>
    /// <param name="arguments">Data, weights, strides, padding, dilation; perhaps layouts.</param>
    /// <param name="isDepthwise">True for one input channel per group.</param>
    public static ConvolutionWorkload Convolution(JsonElement arguments, bool isDepthwise)
    {
        int[] left = Shape(arguments[0]);
        int[] right = Shape(arguments[1]);
        if (left.Length != 4 || right.Length != 4)
        {
            throw new FormatException("images and weights have four extents each");
        }

        // What follows the dilation are layouts and the type of the result.
        string? layout = arguments.EnumerateArray().Skip(5).Where(further => further.ValueKind == JsonValueKind.String).Select(further => further.GetString()!)
            .FirstOrDefault(text => text.StartsWith(Layout[0]) && text != Layout && !IsBlocked(text));
        if (layout is not null)
        {
            throw new FormatException($"its layout is {layout}, not {Layout}");
        }

        int[] stride = [.. Pair(arguments[2]).Select(Step)];
        int[] dilation = [.. Pair(arguments[4]).Select(Step)];
        ConvolutionWorkload workload = new ConvolutionWorkload
        {
            Batch = left[0],
            InChannels = left[1],
            Height = left[2],
            Width = left[3],
            OutChannels = isDepthwise ? Extent((long)right[0] * right[1]) : right[0],
            KernelHeight = Step(right[2]),
            KernelWidth = Step(right[3]),
            StrideHeight = stride[0],
            StrideWidth = stride[1],
            Padding = Padding(arguments[3], right),
            DilationHeight = dilation[0],
            DilationWidth = dilation[1],
            Groups = isDepthwise ? left[1] : 1,
            Lanes = 1,
        }.Classified();
        return !workload.KernelFits ? throw new FormatException("the kernel is larger than the padded image")
            : right[isDepthwise ? 0 : 1] != left[1] ? throw new FormatException("weights and image have different channels")
            : Bounded(workload);
    }

    /// <summary>A workload all of whose extents are checked, also those that follow from others.</summary>
    /// <param name="w">The workload, for example of a record.</param>
    public static ConvolutionWorkload Bounded(ConvolutionWorkload w)
    {
        foreach (int extent in new[] { w.Batch, w.InChannels, w.OutChannels, w.Height, w.Width, w.OutHeight, w.OutWidth, w.KernelHeight, w.KernelWidth })
        {
            Extent(extent);
        }

        return w;
    }

    /// <summary>The geometry of a transposed convolution in planar layout.</summary>
    /// <param name="arguments">Data, weights [in, out, rows, columns], strides, padding, type; perhaps rows and columns more, groups.</param>
    public static ConvolutionWorkload Transposed(JsonElement arguments)
    {
        int[] left = Shape(arguments[0]);
        int[] right = Shape(arguments[1]);
        if (left.Length != 4 || right.Length != 4 || right[0] != left[1])
        {
            throw new FormatException("images and weights have four extents each, and as many input channels");
        }

        if (arguments.GetArrayLength() > 6 && arguments[6].GetInt32() is not 1 and var groups)
        {
            throw new FormatException($"it has {groups} groups; 1 is allowed");
        }

        int[] stride = [.. Pair(arguments[2]).Select(Step)];
        int[] more = arguments.GetArrayLength() > 5 ? [.. Pair(arguments[5]).Select(Side)] : [0, 0];
        return Bounded(new TransposedWorkload(new ConvolutionWorkload
        {
            Batch = left[0],
            InChannels = left[1],
            Height = left[2],
            Width = left[3],
            OutChannels = right[1],
            KernelHeight = Step(right[2]),
            KernelWidth = Step(right[3]),
            StrideHeight = stride[0],
            StrideWidth = stride[1],
            Padding = Padding(arguments[3], right),
            Lanes = 1,
        })
        { ExtraRows = more[0], ExtraColumns = more[1] });
    }

    /// <summary>A matrix product with constant weights.</summary>
    /// <param name="arguments">Data [rows, depth] and weights [outputs, depth].</param>
    public static ConvolutionWorkload Product(JsonElement arguments)
    {
        int[] left = Shape(arguments[0]);
        int[] right = Shape(arguments[1]);
        return left.Length == 2 && right.Length == 2 && left[1] == right[1]
            ? new ConvolutionWorkload
            {
                Batch = 1,
                InChannels = left[1],
                Height = 1,
                Width = left[0],
                OutChannels = right[0],
                InputLayout = ActivationLayout.RowMajor,
                OutputLayout = ActivationLayout.RowMajor,
                Lanes = 1,
            }.Classified()
            : throw new FormatException("the operands of a product are two matrices of one depth");
    }

    /// <summary>The type of the tensors' numbers, or of the result's, that is no 32-bit float; null when there is none.</summary>
    /// <param name="arguments">Arguments of any task.</param>
    public static string? OtherNumbers(JsonElement arguments) =>
        arguments.EnumerateArray()
            .Select(each => each.ValueKind == JsonValueKind.Array && each.GetArrayLength() == 3 && each[0].ValueKind == JsonValueKind.String ? each[2] : each)
            .Where(type => type.ValueKind == JsonValueKind.String).Select(type => type.GetString()!)
            .FirstOrDefault(type => type != Numbers && Types.Any(prefix => type.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>Extents of a tensor.</summary>
    public static int[] Shape(JsonElement tensor) =>
        tensor[0].GetString() == "TENSOR"
            ? [.. tensor[1].EnumerateArray().Select(extent => Extent(extent.GetInt32()))]
            : throw new FormatException("a shape is missing");

    /// <summary>Two numbers, or one for both.</summary>
    public static int[] Pair(JsonElement numbers) =>
        numbers.ValueKind == JsonValueKind.Number ? [numbers.GetInt32(), numbers.GetInt32()] : [numbers[0].GetInt32(), numbers[1].GetInt32()];

    /// <summary>Zeros around an image.</summary>
    /// <param name="padding">Four numbers, two, one, or a word.</param>
    /// <param name="weights">Extents of the weights.</param>
    public static Halo Padding(JsonElement padding, int[] weights)
    {
        if (padding.ValueKind == JsonValueKind.String)
        {
            bool same = padding.GetString() == "SAME";
            return same ? new Halo(weights[2] / 2, weights[3] / 2, (weights[2] - 1) / 2, (weights[3] - 1) / 2) : default;
        }

        if (padding.ValueKind == JsonValueKind.Array && padding.GetArrayLength() == 4)
        {
            int[] sides = [.. padding.EnumerateArray().Select(side => Side(side.GetInt32()))];
            return new Halo(sides[0], sides[1], sides[2], sides[3]);
        }

        int[] both = [.. Pair(padding).Select(Side)];
        return new Halo(both[0], both[1], both[0], both[1]);
    }

    /// <summary>A number of zeros, checked.</summary>
    public static int Side(int side) => side is >= 0 and <= MaxStep ? side : throw new FormatException($"a padding is {side}; 0 to {MaxStep} are allowed");

    /// <summary>An extent of a kernel, a stride or a dilation, checked.</summary>
    public static int Step(int step) =>
        step is >= 1 and <= MaxStep ? step : throw new FormatException($"a kernel, stride or dilation is {step}; 1 to {MaxStep} are allowed");

    /// <summary>An extent, checked.</summary>
    public static int Extent(int extent) => Extent((long)extent);

    /// <summary>An extent that follows from others, checked.</summary>
    public static int Extent(long extent) =>
        extent is >= 1 and <= MaxExtent ? (int)extent : throw new FormatException($"an extent is {extent}; 1 to {MaxExtent} are allowed");

    // Templates for processors name the blocks that they pack results into, such as "NCHW16c".
    private static bool IsBlocked(string layout) =>
        layout.StartsWith(Layout, StringComparison.Ordinal) && layout.EndsWith('c') && layout[Layout.Length..^1].All(char.IsAsciiDigit);
}
