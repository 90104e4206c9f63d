namespace Attune.Runtime.Files;

/// <summary>A defect found while reading a tuned-model file. Never leaves the loader, which turns it into a <see cref="TunedModelError"/>.</summary>
internal sealed class FileDefectException(TunedModelFailure failure, string reason) : Exception(reason)
{
    public TunedModelFailure Failure { get; } = failure;
}
