using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>
/// Proves that four neighbours which are loaded or stored at once begin at multiples of four, from how the variables of their offsets are bound.
/// </summary>
internal sealed class AlignmentProof : Walker
{
    private readonly HashSet<LoopVariable> multiples = [];
    private readonly List<string> findings = [];

    private AlignmentProof()
    {
    }

    /// <summary>Accesses for which there is no proof, in words.</summary>
    public static IReadOnlyList<string> Missing(ImmutableArray<Statement> body)
    {
        var proof = new AlignmentProof();
        proof.Visit(body);
        return proof.findings;
    }

    protected override void Visit(Statement statement)
    {
        base.Visit(statement);
        switch (statement)
        {
            case Let let:
                Bind(let.Variable, IsMultiple(let));
                break;
            case LoadFour load:
                Require(load.Buffer, load.Offset);
                break;
            case StoreFour store:
                Require(store.Buffer, store.Offset);
                break;
        }
    }

    protected override void Visit(Loop loop)
    {
        Bind(loop.Variable, IsMultiple(loop.Begin) && Four.Divides(loop.Step));
        base.Visit(loop);
    }

    private void Bind(LoopVariable variable, bool isMultiple)
    {
        if (isMultiple)
        {
            multiples.Add(variable);
        }
        else
        {
            multiples.Remove(variable);
        }
    }

    // A remainder of a multiple is one when what is divided by is one; a quotient may be anything.
    private bool IsMultiple(Let let) => let.Operation != IndexOperation.Divide && IsMultiple(let.Left) && IsMultiple(let.Right);

    private bool IsMultiple(Index index) =>
        Four.Divides(index.Constant) && index.Terms.All(term => Four.Divides(term.Factor) || multiples.Contains(term.Variable));

    private void Require(Buffer buffer, Index offset)
    {
        if (!IsMultiple(offset))
        {
            findings.Add($"four neighbours of '{buffer}' are used from {offset} on, which may be no multiple of four");
        }
    }
}
