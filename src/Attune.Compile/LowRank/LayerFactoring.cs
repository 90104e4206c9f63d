using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Compile.LowRank;

/// <summary>How the weights of one layer are cut in two for one share of its multiplications. Immutable; <see cref="Build"/> does the numerical work.</summary>
internal sealed class LayerFactoring
{
    private readonly Network network;
    private readonly Node node;
    private readonly LowRankSplit split;
    private readonly int groups;
    private readonly int inChannels;
    private readonly int outChannels;
    private readonly int kernelRows;
    private readonly int kernelColumns;
    private readonly double exact;
    private readonly double perRank;
    private RankFactors[]? weighted;

    private LayerFactoring(Network network, Node node, LowRankSplit split, double share)
    {
        this.network = network;
        this.node = node;
        Shape weights = network.Constants[node.Inputs[1]].Shape;
        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        Shape y = network.TypeOf(node.Outputs[0]).Shape;
        bool dense = node.Operator == FusedOperators.Dense;
        groups = dense ? 1 : (int)node.Attributes.Int("group", 1);
        outChannels = (int)y.Dimensions[dense ? y.Rank - 1 : 1] / groups;
        inChannels = dense ? (int)x.Dimensions[x.Rank - 1] : (int)weights.Dimensions[1];
        kernelRows = dense ? 1 : (int)weights.Dimensions[2];
        kernelColumns = dense ? 1 : (int)weights.Dimensions[3];
        bool winograd = !dense && kernelRows == kernelColumns && kernelRows is 3 or 5 && Axes("dilations", 1).All(d => d == 1)
            && (kernelRows == 3 || Axes("strides", 1).All(s => s == 1));
        this.split = split != LowRankSplit.Auto ? split : winograd || kernelRows * kernelColumns == 1 ? LowRankSplit.Channels : LowRankSplit.Separable;

        // Multiplications for each output column and row; the first half of a separable split still has the input's columns.
        double widening = dense ? 1 : (double)x.Dimensions[3] / y.Dimensions[3];
        exact = (double)inChannels * kernelRows * kernelColumns * outChannels;
        perRank = this.split == LowRankSplit.Separable
            ? (widening * inChannels * kernelRows) + ((double)kernelColumns * outChannels)
            : ((double)inChannels * kernelRows * kernelColumns) + outChannels;
        int max = Math.Min(Rows, Columns);
        int rank = (int)(share * exact / perRank);
        rank = rank * groups % LowRankForms.RankStep == 0 ? rank : rank / LowRankForms.RankStep * LowRankForms.RankStep;
        Rank = Math.Max(LowRankForms.RankStep, rank);
        IsPossible = Rank < max && MacShare < 1;
    }

    /// <summary>Name of the layer.</summary>
    public string Name => node.Name;

    /// <summary>Channels between the halves, of one group.</summary>
    public int Rank { get; private set; }

    /// <summary>Groups of a convolution, each with a matrix of its own; 1 for a dense layer.</summary>
    public int Groups => groups;

    /// <summary>True for a dense layer, whose channels are its output's last axis.</summary>
    public bool IsDense => node.Operator == FusedOperators.Dense;

    /// <summary>Name of the value that <see cref="Product"/> makes.</summary>
    public string Watched => $"{node.Outputs[0]}.product";

    /// <summary>Columns of each group's matrix.</summary>
    public int Columns => split == LowRankSplit.Separable ? kernelColumns * outChannels : outChannels;

    private bool IsPossible { get; }

    private double MacShare => Rank * perRank / exact;

    private int Rows => split == LowRankSplit.Separable ? inChannels * kernelRows : inChannels * kernelRows * kernelColumns;

    /// <summary>Null when no rank saves multiplications.</summary>
    public static LayerFactoring? Of(Network network, Node node, LowRankSplit split, double share)
    {
        var factoring = new LayerFactoring(network, node, split, share);
        return factoring.IsPossible ? factoring : null;
    }

    /// <summary>
    /// Factors the weights so that products with typical inputs change least. Where fewer channels than the share allows leave nothing worth mentioning, there
    /// are fewer.
    /// </summary>
    /// <param name="moments">Second moments of what <see cref="Product"/> makes of such inputs.</param>
    public void Weigh(OutputMoments moments)
    {
        float[][] matrices = [.. Enumerable.Range(0, groups).Select(Matrix)];
        (RankFactors Factors, int Enough)[] all = Factored();
        int enough = all.Max(group => group.Enough);
        if (enough < Rank)
        {
            Rank = enough;
            all = Factored();
        }

        weighted = [.. all.Select(group => group.Factors)];

        (RankFactors Factors, int Enough)[] Factored() =>
            [.. matrices.Select((matrix, group) => WeightedFactors.Of(matrix, Rows, Columns, Rank, moments.Sums[group], moments.Positions))];
    }

    /// <summary>
    /// A node that multiplies the layer's inputs with its matrix, column by column: the layer without bias and activation, and where its kernel is cut into
    /// columns, each of them alone.
    /// </summary>
    public (Node Node, string Weights, Tensor Numbers, TensorType Result) Product()
    {
        string weights = $"{Watched}.weights";
        Tensor given = network.Constants[node.Inputs[1]];
        bool separable = split == LowRankSplit.Separable;
        Tensor numbers = separable ? Tensor.Of(Shape.Of(groups * Columns, inChannels, kernelRows, 1), [.. Enumerable.Range(0, groups).SelectMany(
            group => BlockedProduct.Transpose(Matrix(group), Rows, Columns))]) : given;
        Shape y = network.TypeOf(node.Outputs[0]).Shape;
        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        var product = new Node(
            $"{node.Name}.product",
            node.Operator,
            node.Opset,
            [node.Inputs[0], weights],
            [Watched],
            (separable ? Vertical() : node.Attributes).With(FusedOperators.Activation, "none"));
        Shape result = separable ? Shape.Of(x.Dimensions[0], groups * Columns, y.Dimensions[2], x.Dimensions[3]) : y;
        return (product, weights, numbers, new TensorType(DataType.Float32, result));
    }

    /// <summary>Factors the weights, unless <see cref="Weigh"/> did, and makes the nodes.</summary>
    public FormNodes Build(int form) => IsDense ? Dense(form) : Convolution(form);

    private FormNodes Dense(int form)
    {
        RankFactors factors = Factor(0);
        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        Shape middle = Shape.Of([.. x.Dimensions[..^1], Rank]);
        Attributes first = Attributes.None.With("transB", 0).With(FusedOperators.Activation, "none");
        return Assemble(
            form,
            first,
            node.Attributes.With("transB", 0),
            Tensor.Of(Shape.Of(inChannels, Rank), factors.Left),
            Tensor.Of(Shape.Of(Rank, outChannels), factors.Right),
            middle,
            factors.RelativeError,
            factors.OutputError);
    }

    private FormNodes Convolution(int form)
    {
        bool separable = split == LowRankSplit.Separable;
        var left = new float[groups * Rank * Rows];
        var right = new float[groups * outChannels * Rank * (separable ? kernelColumns : 1)];
        double error = 0;
        double outputError = 0;
        for (int group = 0; group < groups; group++)
        {
            RankFactors factors = Factor(group);
            outputError += factors.OutputError * factors.OutputError / groups ?? 0;
            error += factors.RelativeError * factors.RelativeError / groups;
            Scatter(factors, group, left, right);
        }

        Shape x = network.TypeOf(node.Inputs[0]).Shape;
        Shape y = network.TypeOf(node.Outputs[0]).Shape;
        ImmutableArray<long> strides = Axes("strides", 1);
        ImmutableArray<long> dilations = Axes("dilations", 1);
        ImmutableArray<long> pads = node.Attributes.Ints("pads") ?? [0, 0, 0, 0];
        Attributes first = separable
            ? Vertical()
            : Window(Plain, kernelRows, kernelColumns, strides[0], strides[1], dilations[0], dilations[1], pads[0], pads[1], pads[2], pads[3]);
        Attributes second = separable
            ? Window(node.Attributes, 1, kernelColumns, 1, strides[1], 1, dilations[1], 0, pads[1], 0, pads[3])
            : Window(node.Attributes, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0);
        var v = Tensor.Of(Shape.Of(groups * Rank, inChannels, kernelRows, separable ? 1 : kernelColumns), left);
        var h = Tensor.Of(Shape.Of(groups * outChannels, Rank, 1, separable ? kernelColumns : 1), right);
        var middle = Shape.Of(x.Dimensions[0], groups * Rank, y.Dimensions[2], separable ? x.Dimensions[3] : y.Dimensions[3]);
        return Assemble(form, first, second, v, h, middle, Math.Sqrt(error), weighted is null ? null : Math.Sqrt(outputError));
    }

    private Attributes Plain => Attributes.None.With("group", groups).With(FusedOperators.Activation, "none");

    // The first half of a separable split.
    private Attributes Vertical()
    {
        ImmutableArray<long> pads = node.Attributes.Ints("pads") ?? [0, 0, 0, 0];
        return Window(Plain, kernelRows, 1, Axes("strides", 1)[0], 1, Axes("dilations", 1)[0], 1, pads[0], 0, pads[2], 0);
    }

    private RankFactors Factor(int group) => weighted?[group] ?? DominantSubspace.Of(Matrix(group), Rows, Columns, Rank);

    private float[] Matrix(int group)
    {
        float[] weights = network.Constants[node.Inputs[1]].Elements<float>();
        return !IsDense ? MatrixOf(weights, group)
            : node.Attributes.Int("transB", 0) == 0 ? weights : BlockedProduct.Transpose(weights, outChannels, inChannels);
    }

    // Rows are (channel, kernel row) and columns (kernel column, output) of a separable split, else (channel, kernel row, kernel column) and output.
    private float[] MatrixOf(float[] weights, int group)
    {
        var matrix = new float[Rows * Columns];
        bool separable = split == LowRankSplit.Separable;
        for (int n = 0; n < outChannels; n++)
        {
            for (int c = 0; c < inChannels; c++)
            {
                for (int i = 0; i < kernelRows; i++)
                {
                    for (int j = 0; j < kernelColumns; j++)
                    {
                        float weight = weights[(((((((group * outChannels) + n) * inChannels) + c) * kernelRows) + i) * kernelColumns) + j];
                        int row = separable ? (c * kernelRows) + i : (((c * kernelRows) + i) * kernelColumns) + j;
                        int column = separable ? (j * outChannels) + n : n;
                        matrix[(row * Columns) + column] = weight;
                    }
                }
            }
        }

        return matrix;
    }

    private void Scatter(RankFactors factors, int group, float[] left, float[] right)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int k = 0; k < Rank; k++)
            {
                left[((((long)group * Rank) + k) * Rows) + row] = factors.Left[(row * Rank) + k];
            }
        }

        int taps = split == LowRankSplit.Separable ? kernelColumns : 1;
        for (int k = 0; k < Rank; k++)
        {
            for (int column = 0; column < Columns; column++)
            {
                int tap = column / outChannels;
                int n = (group * outChannels) + (column % outChannels);
                right[((((long)n * Rank) + k) * taps) + tap] = factors.Right[(k * Columns) + column];
            }
        }
    }

    private FormNodes Assemble(int form, Attributes first, Attributes second, Tensor v, Tensor h, Shape middle, double error, double? outputError)
    {
        string y = node.Outputs[0];
        string mid = $"{y}.low{form}.between";
        string whole = $"{y}.low{form}";
        string firstWeights = $"{y}.low{form}.first";
        string secondWeights = $"{y}.low{form}.second";
        ImmutableArray<Node> nodes =
        [
            new($"{node.Name}.low{form}.first", node.Operator, node.Opset, [node.Inputs[0], firstWeights], [mid], first.With(LayerAlternatives.Form, form)),
            new(
                $"{node.Name}.low{form}.second",
                node.Operator,
                node.Opset,
                [mid, secondWeights, .. node.Inputs.Skip(2)],
                [whole],
                second.With(LayerAlternatives.Form, form).With(LayerAlternatives.Value, y)),
        ];
        return new FormNodes(
            nodes,
            new Dictionary<string, Tensor> { [firstWeights] = v, [secondWeights] = h },
            new Dictionary<string, TensorType> { [mid] = new TensorType(DataType.Float32, middle), [whole] = network.TypeOf(y) },
            new LowRankLayer(node.Name, form, split, groups * Rank, MacShare, error) { OutputError = outputError });
    }

    private ImmutableArray<long> Axes(string name, long absent) => node.Attributes.Ints(name) is { Length: 2 } list ? list : [absent, absent];

    private static Attributes Window(
        Attributes attributes,
        long rows,
        long columns,
        long strideRows,
        long strideColumns,
        long dilationRows,
        long dilationColumns,
        long top,
        long left,
        long bottom,
        long right) =>
        attributes.With("kernel_shape", new[] { rows, columns }).With("strides", new[] { strideRows, strideColumns }).With(
            "dilations", new[] { dilationRows, dilationColumns })
            .With("pads", new[] { top, left, bottom, right });
}
