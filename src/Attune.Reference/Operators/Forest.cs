using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Decision trees as the attributes of a node list them. Made once for each node, since runs are many. Immutable.</summary>
internal sealed class Forest
{
    private static readonly ConditionalWeakTable<Attributes, Forest> Made = [];

    private readonly string[] modes;
    private readonly long[] features;
    private readonly double[] values;
    private readonly int[] whenTrue;
    private readonly int[] whenFalse;
    private readonly bool[] missingIsTrue;
    private readonly int[] roots;
    private readonly List<(int Target, double Weight)>[] weights;

    private Forest(NodeFacts node)
    {
        long[] trees = Integers(node, "nodes_treeids");
        long[] ids = Integers(node, "nodes_nodeids");
        modes = node.Attributes.Find("nodes_modes") is ImmutableArray<string> texts ? [.. texts] : throw node.Malformed("nodes_modes is missing");
        features = Integers(node, "nodes_featureids");
        values = Reals(node, "nodes_values");
        long[] then = Integers(node, "nodes_truenodeids");
        long[] otherwise = Integers(node, "nodes_falsenodeids");
        long[] missing = node.Attributes.Has("nodes_missing_value_tracks_true") ? Integers(node, "nodes_missing_value_tracks_true") : new long[ids.Length];
        if (new[] { trees.Length, modes.Length, features.Length, values.Length, then.Length, otherwise.Length, missing.Length }.Any(n => n != ids.Length))
        {
            throw node.Malformed("the lists of nodes differ in length");
        }

        missingIsTrue = [.. missing.Select(static v => v != 0)];
        var places = new Dictionary<(long Tree, long Node), int>();
        for (int i = 0; i < ids.Length; i++)
        {
            if (!places.TryAdd((trees[i], ids[i]), i))
            {
                throw node.Malformed($"node {ids[i]} of tree {trees[i]} is there twice");
            }
        }

        int Child(int i, long id) => modes[i] == "LEAF" ? -1
            : places.TryGetValue((trees[i], id), out int at) ? at
            : throw node.Malformed($"node {ids[i]} of tree {trees[i]} leads to node {id}, which is not there");
        whenTrue = [.. then.Select((id, i) => Child(i, id))];
        whenFalse = [.. otherwise.Select((id, i) => Child(i, id))];
        HashSet<int> children = [.. whenTrue, .. whenFalse];
        roots = [.. Enumerable.Range(0, ids.Length).Where(i => !children.Contains(i))];
        Trees = trees.Distinct().Count();
        if (roots.Length != Trees)
        {
            throw node.Malformed($"{Trees} trees have {roots.Length} roots");
        }

        Targets = (int)Math.Clamp(node.Int("n_targets", 1), 0, int.MaxValue);
        weights = Weights(node, places, ids.Length);
        MaxFeature = features.Where((_, i) => modes[i] != "LEAF").DefaultIfEmpty(-1).Max();
        if (features.Where((feature, i) => modes[i] != "LEAF" && feature < 0).Any()
            || modes.FirstOrDefault(static mode => mode is not ("LEAF" or "BRANCH_LEQ" or "BRANCH_LT" or "BRANCH_GTE" or "BRANCH_GT" or "BRANCH_EQ"
                or "BRANCH_NEQ")) is not null)
        {
            throw node.Malformed("a node has an unknown mode or feature");
        }
    }

    /// <summary>Number of trees.</summary>
    public int Trees { get; }

    /// <summary>Number of results.</summary>
    public int Targets { get; }

    /// <summary>Largest index of a feature that is looked at; -1 when there is none.</summary>
    public long MaxFeature { get; }

    /// <summary>The trees of a node.</summary>
    /// <exception cref="InvalidNodeException">The lists contradict each other.</exception>
    public static Forest Of(NodeFacts node)
    {
        if (!Made.TryGetValue(node.Attributes, out Forest? forest))
        {
            forest = new Forest(node);
            Made.AddOrUpdate(node.Attributes, forest);
        }

        return forest;
    }

    /// <summary>Numbers of an attribute that is a list of floats or, with doubles, a tensor.</summary>
    public static double[] Reals(NodeFacts node, string name) => node.Attributes.Find(name) is ImmutableArray<float> list
        ? [.. list.Select(static v => (double)v)]
        : node.Attributes.Find($"{name}_as_tensor") is Tensor { Element: DataType.Float32 or DataType.Float64 } tensor ? Numbers.ToDoubles(tensor)
        : [];

    /// <summary>What the leaves say that a row of features leads to, tree by tree.</summary>
    public IEnumerable<(int Target, double Weight)> Leaves(ReadOnlyMemory<double> row)
    {
        foreach (int root in roots)
        {
            int at = root;
            // Every root has no parent, and every step goes to a child: with as many steps as nodes a circle is found.
            for (int step = 0; modes[at] != "LEAF"; step++)
            {
                if (step > modes.Length)
                {
                    throw new ArgumentException("the nodes of a tree form a circle");
                }

                double value = row.Span[(int)features[at]];
                at = Holds(modes[at], value, values[at]) || (missingIsTrue[at] && double.IsNaN(value)) ? whenTrue[at] : whenFalse[at];
            }

            foreach ((int Target, double Weight) leaf in weights[at])
            {
                yield return leaf;
            }
        }
    }

    private static bool Holds(string mode, double value, double threshold) => mode switch
    {
        "BRANCH_LEQ" => value <= threshold,
        "BRANCH_LT" => value < threshold,
        "BRANCH_GTE" => value >= threshold,
        "BRANCH_GT" => value > threshold,
        "BRANCH_EQ" => value == threshold,
        _ => value != threshold,
    };

    private static long[] Integers(NodeFacts node, string name) =>
        node.Attributes.Find(name) is ImmutableArray<long> list ? [.. list] : throw node.Malformed($"{name} is missing");

    private List<(int Target, double Weight)>[] Weights(NodeFacts node, Dictionary<(long Tree, long Node), int> places, int count)
    {
        long[] trees = Integers(node, "target_treeids");
        long[] ids = Integers(node, "target_nodeids");
        long[] targets = Integers(node, "target_ids");
        double[] given = Reals(node, "target_weights");
        if (trees.Length != ids.Length || targets.Length != ids.Length || given.Length != ids.Length)
        {
            throw node.Malformed("the lists of results differ in length");
        }

        var leaves = new List<(int Target, double Weight)>[count];
        for (int i = 0; i < count; i++)
        {
            leaves[i] = [];
        }

        for (int i = 0; i < ids.Length; i++)
        {
            if (targets[i] < 0 || targets[i] >= Targets || !places.TryGetValue((trees[i], ids[i]), out int place))
            {
                throw node.Malformed($"result {targets[i]} of node {ids[i]} in tree {trees[i]} belongs nowhere");
            }

            leaves[place].Add(((int)targets[i], given[i]));
        }

        return leaves;
    }
}
