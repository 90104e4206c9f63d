using Attune.Kernels;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <content>Transposed convolutions, which are tasks of devices of groups and lanes; processors have no template for them.</content>
internal sealed partial class NodeClassifier
{
    private NodePlan? Transposed(Node node)
    {
        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        Shape y = network.TypeOf(node.Outputs[0]).Shape;
        if (!onGroups || x.Rank is not (3 or 4) || y.Rank != x.Rank || !network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights)
            || weights.Element != DataType.Float32 || weights.Shape.Rank != x.Rank || !EpilogueOf(node, y[1], out Epilogue epilogue))
        {
            return null;
        }

        Extent input = Extent.OfImage(x);
        Extent output = Extent.OfImage(y);
        bool line = x.Rank == 3;
        Cut down = line ? new Cut(1, 1, 1, 0, 0, 0) : CutOf(node, 0, weights.Shape[2], input.Rows, output.Rows);
        Cut across = CutOf(node, line ? 0 : 1, weights.Shape[-1], input.Columns, output.Columns);
        var workload = new TransposedWorkload(new ConvolutionWorkload
        {
            Batch = input.Images,
            InChannels = input.Channels,
            Height = input.Rows,
            Width = input.Columns,
            OutChannels = output.Channels,
            KernelHeight = down.Kernel,
            KernelWidth = across.Kernel,
            StrideHeight = down.Stride,
            StrideWidth = across.Stride,
            Padding = new Halo(down.Begin, across.Begin, down.End, across.End),
            DilationHeight = down.Dilation,
            DilationWidth = across.Dilation,
            Groups = (int)node.Attributes.Int("group", 1),
            Lanes = lanes,
        })
        { ExtraRows = down.Extra, ExtraColumns = across.Extra };
        return !down.IsSound || !across.IsSound || !Fits(workload, output, weights.Shape)
            ? null
            : new NodePlan(
                node, StepKind.Convolution, [new Demand(node.Inputs[0], StorageKind.Blocked, workload.InputHalo)], StorageKind.Blocked)
            { InputExtent = input, OutputExtent = output, Workload = workload, Epilogue = epilogue };
    }

    private static bool Fits(TransposedWorkload w, Extent output, Shape weights) =>
        w.Groups > 0 && w.InChannels % w.Groups == 0 && w.OutChannels % w.Groups == 0 && weights[0] == w.InChannels && weights[1] == w.GroupOutChannels
        && output == new Extent(w.Batch, w.OutChannels, w.OutHeight, w.OutWidth);

    /// <summary>
    /// What is cut off along an axis, from the attributes and the extents that they gave: by pads, or so that the wanted extent is left. What the result has
    /// more than that lies at its end.
    /// </summary>
    private static Cut CutOf(Node node, int axis, int kernel, int inputs, int outputs)
    {
        int Number(string name, int at, int absent) => node.Attributes.Ints(name) is { } list ? at < list.Length ? (int)list[at] : -1 : absent;
        int stride = Number("strides", axis, 1);
        int dilation = Number("dilations", axis, 1);
        string auto = node.Attributes.Text("auto_pad", "NOTSET");
        int whole = ((inputs - 1) * stride) + ((kernel - 1) * dilation) + 1;
        int begin = 0;
        int end = 0;
        if (node.Attributes.Ints("output_shape") is not null || auto is "SAME_UPPER" or "SAME_LOWER")
        {
            int cut = Math.Max(0, whole + Number("output_padding", axis, 0) - outputs);
            begin = auto == "SAME_UPPER" ? cut / 2 : cut - (cut / 2);
            end = cut - begin;
        }
        else if (auto != "VALID")
        {
            begin = Number("pads", axis, 0);
            end = Number("pads", axis + (node.Attributes.Ints("pads")?.Length / 2 ?? 0), 0);
        }

        return new Cut(kernel, stride, dilation, begin, end, outputs - (whole - begin - end));
    }

    private readonly record struct Cut(int Kernel, int Stride, int Dilation, int Begin, int End, int Extra)
    {
        public bool IsSound => this is { Kernel: > 0, Stride: > 0, Dilation: > 0, Begin: >= 0, End: >= 0, Extra: >= 0 };
    }
}
