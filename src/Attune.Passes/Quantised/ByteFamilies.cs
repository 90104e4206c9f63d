using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Values of bytes in families: those between which elements only move. What one member's bytes stand for, all members' do, so that a family changes its type
/// or parameters as a whole or not at all.
/// </summary>
internal sealed class ByteFamilies
{
    private readonly NetworkEditor editor;
    private readonly Dictionary<string, string> parents = new(StringComparer.Ordinal);

    public ByteFamilies(NetworkEditor editor)
    {
        this.editor = editor;
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { } node && IsMover(node))
            {
                foreach (string value in DataOf(node).Concat(node.Outputs))
                {
                    parents[Root(value)] = Root(node.Outputs[0]);
                }
            }
        }

        var families = new Dictionary<string, Family>(StringComparer.Ordinal);
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { } node)
            {
                Visit(i, node, families);
            }
        }

        All = [.. families.Values];
        foreach (Family family in All)
        {
            family.HasOutput = family.Members.Any(editor.IsOutput);
            family.HasInput = family.Members.Any(member => editor.ProducerOf(member) < 0);
        }
    }

    /// <summary>Every family that some node reads or writes.</summary>
    public IReadOnlyList<Family> All { get; }

    private bool IsMover(Node node) =>
        ByteMovers.DataInputs(editor, node) > 0 && node.Inputs.Length > 0 && DataOf(node).Concat(node.Outputs).All(IsByte);

    private IEnumerable<string> DataOf(Node node) => node.Inputs.Take(ByteMovers.DataInputs(editor, node));

    private bool IsByte(string value) => ByteScale.IsByte(editor.TypeOf(value)?.Element);

    private void Visit(int index, Node node, Dictionary<string, Family> families)
    {
        bool mover = IsMover(node);
        int data = mover ? ByteMovers.DataInputs(editor, node) : 0;
        ByteScale? store = ByteScale.OfStore(editor, node);
        ByteScale? load = ByteScale.OfLoad(editor, node);
        foreach (string value in node.Outputs.Where(IsByte))
        {
            Family family = Of(value, families);
            if (store is { } bytes)
            {
                family.Stores.Add((index, bytes));
            }
            else if (!mover)
            {
                family.HasOtherWriter = true;
            }
        }

        foreach (string value in node.Inputs.Take(data))
        {
            Of(value, families);
        }

        foreach (string value in node.Inputs.Skip(data).Where(IsByte).Distinct())
        {
            Family family = Of(value, families);
            if (load is { } bytes && value == node.Inputs[0])
            {
                family.Loads.Add((index, bytes));
            }
            else
            {
                // A zero point, or an operator that computes with bytes.
                family.HasOtherReader = true;
            }
        }

        if (mover)
        {
            Of(node.Outputs[0], families).Movers.Add(index);
        }
    }

    private Family Of(string value, Dictionary<string, Family> families)
    {
        string root = Root(value);
        if (!families.TryGetValue(root, out Family? family))
        {
            families.Add(root, family = new Family());
        }

        family.Members.Add(value);
        return family;
    }

    private string Root(string value)
    {
        while (parents.TryGetValue(value, out string? parent) && parent != value)
        {
            value = parent;
        }

        return value;
    }

    /// <summary>One family.</summary>
    public sealed class Family
    {
        /// <summary>Names of its values.</summary>
        public HashSet<string> Members { get; } = new(StringComparer.Ordinal);

        /// <summary>Positions of the nodes that store floats into it, with their parameters.</summary>
        public List<(int Index, ByteScale Bytes)> Stores { get; } = [];

        /// <summary>Positions of the nodes that load floats from it, with their parameters.</summary>
        public List<(int Index, ByteScale Bytes)> Loads { get; } = [];

        /// <summary>Positions of the nodes that move its elements.</summary>
        public List<int> Movers { get; } = [];

        /// <summary>Whether a node that is neither store nor mover writes a member.</summary>
        public bool HasOtherWriter { get; set; }

        /// <summary>Whether a node that is neither load nor mover reads a member.</summary>
        public bool HasOtherReader { get; set; }

        /// <summary>Whether a member is an input of the network or a constant.</summary>
        public bool HasInput { get; set; }

        /// <summary>Whether a member is an output of the network.</summary>
        public bool HasOutput { get; set; }
    }
}
