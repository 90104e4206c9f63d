namespace Attune.Reference.Operators;

/// <summary>One kind of recurrent cell.</summary>
/// <param name="Gates">Products with the input, and with the state.</param>
/// <param name="Activations">Functions of one direction where a node names none.</param>
/// <param name="Step">Takes a cell one step on.</param>
internal sealed record RecurrentForm(int Gates, string[] Activations, Action<RecurrentRun, RecurrentCell> Step)
{
    /// <summary>True for the cell that keeps a second state.</summary>
    public bool HasCells => Gates == 4;
}
