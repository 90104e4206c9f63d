namespace Attune.Kernels.Templates;

/// <summary>
/// A recurrent layer behind the products of its inputs, as <see cref="FusedOperators.Recurrent"/> defines it: from one hidden state to the next, step by step.
/// Equality is by value.
/// </summary>
internal sealed record RecurrentWorkload : Workload
{
    /// <summary>What a step does.</summary>
    public required RecurrentKind Kind { get; init; }

    /// <summary>Steps of a sequence.</summary>
    public required int Steps { get; init; }

    /// <summary>Sequences.</summary>
    public required int Batch { get; init; }

    /// <summary>Equal parts of the batch that are cut apart, so that each can go through all steps by itself; divides the batch.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Hidden units of one direction.</summary>
    public required int Hidden { get; init; }

    /// <summary>Directions, one or two; the second goes backwards.</summary>
    public required int Directions { get; init; }

    /// <summary>The only direction goes backwards.</summary>
    public bool IsReverse { get; init; }

    /// <summary>The batch is the first axis of sequences and states, not the steps or directions.</summary>
    public bool IsBatchFirst { get; init; }

    /// <summary>Somebody reads the states of all steps.</summary>
    public bool WritesAll { get; init; } = true;

    /// <summary>Function of the gates; of a plain layer the only one.</summary>
    public required Epilogue Gate { get; init; }

    /// <summary>Function of what is proposed as a new state.</summary>
    public required Epilogue Candidate { get; init; }

    /// <summary>Function of the cell state, in an LSTM.</summary>
    public required Epilogue Cell { get; init; }

    /// <inheritdoc/>
    public required override int Lanes { get; init; }

    /// <summary>Sequences of a part.</summary>
    public int Rows => Batch / Parts;

    /// <summary>Directions of parts: what needs nothing of each other.</summary>
    public int Strands => Directions * Parts;

    /// <summary>Products with the state.</summary>
    public int Gates => Kind switch
    {
        RecurrentKind.Plain => 1,
        RecurrentKind.Long => 4,
        _ => 3,
    };

    /// <summary>Operations of one step.</summary>
    public long StepFlops => 2L * Directions * Batch * Gates * Hidden * Hidden;

    /// <inheritdoc/>
    public override long Flops => Steps * StepFlops;

    /// <inheritdoc/>
    public override string Title => $"{Name} {Hidden} s{Steps} n{Batch}{(Directions == 2 ? " both ways" : IsReverse ? " backwards" : string.Empty)}";

    private string Name => Kind switch
    {
        RecurrentKind.Plain => "rnn",
        RecurrentKind.Long => "lstm",
        _ => "gru",
    };
}
