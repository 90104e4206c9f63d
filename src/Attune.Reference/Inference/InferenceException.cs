namespace Attune.Reference.Inference;

/// <summary>An operator's inputs do not fit its definition. Never leaves type inference: it becomes a fault there.</summary>
internal sealed class InferenceException : Exception
{
    public InferenceException(string message)
        : base(message)
    {
    }

    public InferenceException()
    {
    }

    public InferenceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
