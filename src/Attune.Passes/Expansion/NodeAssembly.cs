using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;
using Attune.Reference.Inference;

namespace Attune.Passes.Expansion;

/// <summary>
/// The nodes of a network in the making, visited in order: each is written in others where it can be, else its types are inferred. Whatever is written is
/// visited in its turn.
/// </summary>
/// <param name="inference">Types known so far.</param>
/// <param name="names">Names that are taken.</param>
/// <param name="narrow">Element types, by value, that are narrower than what holds them.</param>
/// <param name="opset">Operator set of the model's default domain, for what takes the place of operators of other domains.</param>
internal sealed class NodeAssembly(TypeInference inference, ValueNames names, IReadOnlyDictionary<string, int> narrow, int opset)
{
    /// <summary>Most nodes that bodies may be unrolled to; a body beyond stays what it is. Counted over the whole model, also what was tried in vain.</summary>
    public const int MaxUnrolled = 20_000;

    // A node that is written in others that are written in others: deeper than any table of ours goes, bodies in bodies included.
    private const int MaxDepth = 200;

    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, ImmutableArray<string>> sequences = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, Tensor>> constants = [];
    private readonly List<NodeFinding> findings = [];
    private long unrolled;
    private int depth;

    /// <summary>The nodes so far.</summary>
    public ImmutableArray<Node> Nodes => [.. nodes];

    /// <summary>Constants that the replacements read.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Constants => constants;

    /// <summary>What was found.</summary>
    public IReadOnlyList<NodeFinding> Findings => findings;

    /// <summary>Value of a constant; null for anything else.</summary>
    public Tensor? ConstantOf(string name) => inference.ConstantOf(name);

    /// <summary>Type of a value; null when it is not known.</summary>
    public TensorType? TypeOf(string name) => inference.Types.GetValueOrDefault(name);

    /// <summary>True when so many rounds of a body are within the limit.</summary>
    public bool Affords(long rounds, Network body) => depth < MaxDepth && unrolled + ((Int128)rounds * (body.Nodes.Length + 1)) <= MaxUnrolled;

    /// <summary>Where to write nodes that take the place of one.</summary>
    public ExpansionScope Scope(Node node) =>
        new(node, inference, names, sequences, narrow, node.Operator.Contains('.') ? opset : Math.Max(node.Opset, OldForms.Since));

    /// <summary>A new constant.</summary>
    public string Constant(string wanted, Tensor tensor)
    {
        string name = names.New(wanted);
        Define(name, tensor);
        return name;
    }

    /// <summary>Adds a node, or what takes its place.</summary>
    public void Add(Node node)
    {
        depth++;
        if (depth > MaxDepth || !Replaced(node))
        {
            nodes.Add(node);
            if ((inference.Refusal(node) ?? inference.Visit(node) ?? Left(node)) is { } problem)
            {
                findings.Add(new NodeFinding(node, problem, null));
            }
        }

        depth--;
    }

    /// <summary>Adds what a scope has written.</summary>
    public void Add(ExpansionScope scope)
    {
        foreach ((string name, Tensor constant) in scope.Constants)
        {
            Define(name, constant);
        }

        foreach (Node node in scope.Nodes)
        {
            Add(node);
        }
    }

    /// <summary>Adds a body.</summary>
    public void Add(BodyCopy body)
    {
        unrolled += body.Nodes.Length + 1;
        foreach ((string name, Tensor constant) in body.Constants)
        {
            Define(name, constant);
        }

        foreach (Node node in body.Nodes)
        {
            Add(node);
        }
    }

    /// <summary>The present state. What is found from now on is forgotten when <see cref="Return"/> comes back to it.</summary>
    public Mark Here() => new(nodes.Count, constants.Count, findings.Count);

    /// <summary>Takes back everything since a mark. Types stay known under names that nothing uses any more.</summary>
    public void Return(Mark mark)
    {
        nodes.RemoveRange(mark.Nodes, nodes.Count - mark.Nodes);
        constants.RemoveRange(mark.Constants, constants.Count - mark.Constants);
        findings.RemoveRange(mark.Findings, findings.Count - mark.Findings);
    }

    private bool Replaced(Node node)
    {
        if (ControlExpansion.Handles(node.Operator))
        {
            Mark mark = Here();
            if (Tried(() => new ControlExpansion(this, names).Expand(node)))
            {
                return true;
            }

            Return(mark);
            return false;
        }

        ExpansionScope scope = Scope(node);
        if (!Tried(() => ExpansionTable.Expand(scope)))
        {
            return false;
        }

        foreach (string warning in scope.Warnings)
        {
            findings.Add(new NodeFinding(node, null, warning));
        }

        Add(scope);
        return true;
    }

    // Attributes of untrusted models may be of any kind. What an expansion cannot read stays, and is refused by name.
    private static bool Tried(Func<bool> expand)
    {
        try
        {
            return expand();
        }
        catch (Exception error) when (ConstantEvaluator.IsComplaint(error))
        {
            return false;
        }
    }

    // No kernel runs these; with the types of all inputs known, nothing later can make them fit.
    private InferenceProblem? Left(Node node) =>
        ExpansionTable.Knows(node.Operator) && !ControlExpansion.Handles(node.Operator) && !ReferenceKernels.Default.Supports(node.Operator, node.Opset)
        && node.Inputs.All(input => input.Length == 0 || TypeOf(input) is not null)
            ? new InferenceProblem(InferenceProblemKind.Unsupported, "The operator is supported, but not with these attributes, inputs and results.")
            : null;

    private void Define(string name, Tensor constant)
    {
        constants.Add(KeyValuePair.Create(name, constant));
        inference.Define(name, constant);
    }

    /// <summary>A state to come back to.</summary>
    internal sealed record Mark(int Nodes, int Constants, int Findings);
}
