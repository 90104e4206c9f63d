using Attune.Runtime.Files.Sources;

namespace Attune.Runtime.Files;

/// <summary>Words for what can go wrong with tuned-model files.</summary>
internal static class FileErrors
{
    public static TunedModelError Reading(FileDefectException defect, ModelOrigin origin) =>
        defect.Failure == TunedModelFailure.NotATunedModel && origin.Beginning() is { } other
        ? new TunedModelError(defect.Failure, $"{origin.Subject} is no tuned model: {other.What}.", other.Next)
        : Defect(defect, origin);

    private static TunedModelError Defect(FileDefectException defect, ModelOrigin origin) => new(
        defect.Failure,
        $"{origin.Subject} cannot be loaded: {defect.Message}.",
        defect.Failure switch
        {
            TunedModelFailure.NotATunedModel => "Name a .attune file; to make one: attune tune MODEL -o FILE.attune",
            TunedModelFailure.NewerVersion => "Update Attune, or tune the model again with this version.",
            TunedModelFailure.Truncated or TunedModelFailure.Corrupt =>
                "Copy or download it again, or tune the model again: its records are still there, so that takes seconds.",
            _ => "Do not use it; tune the model again.",
        });

    public static TunedModelError Reading(Exception exception, ModelOrigin origin) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new(TunedModelFailure.NotFound, $"{origin.Subject} cannot be loaded: it does not exist.", "Check the path."),
        UnauthorizedAccessException when Directory.Exists(origin.Path) =>
            new(TunedModelFailure.AccessDenied, $"{origin.Subject} is no tuned model: it is a folder.", "Name the .attune file in it."),
        UnauthorizedAccessException =>
            new(TunedModelFailure.AccessDenied, $"{origin.Subject} cannot be loaded: {exception.Message}", "Make it a readable file."),
        _ => new(TunedModelFailure.FileSystem, $"{origin.Subject} cannot be loaded: {exception.Message}", "Check the disk."),
    };

    /// <summary>A model whose device is not here.</summary>
    public static TunedModelError Device(DeviceMissingException missing, TunedModel model, ModelOrigin origin) => new(
        TunedModelFailure.DeviceMissing,
        $"{origin.Subject} cannot run here: it was tuned for {string.Join(" and ", model.Targets.Select(target => target.DeviceDescription))}, "
            + $"and {missing.Reason}.",
        "Run it where that device is, or on this machine's processors, with default configurations where it was not tuned for them: --device cpu "
        + "(from code: ModelOptions.Device). attune doctor lists the devices that are here.");

    public static TunedModelError Writing(Exception exception, string path) => exception switch
    {
        DirectoryNotFoundException =>
            new(TunedModelFailure.NotFound, $"'{path}' cannot be written: its folder does not exist.", "Make the folder, or name another file with -o."),
        UnauthorizedAccessException =>
            new(TunedModelFailure.AccessDenied, $"'{path}' cannot be written: {exception.Message}", "Make the folder writable, or name another file with -o."),
        IOException io when IsDiskFull(io) => new(
            TunedModelFailure.DiskFull,
            $"'{path}' cannot be written: no space is left on the device. What was there before is unchanged.",
            "Free some space, or name a file on another disk with -o."),
        _ => new(TunedModelFailure.FileSystem, $"'{path}' cannot be written: {exception.Message}", "Check the disk, or name another file with -o."),
    };

    // ENOSPC (28), EDQUOT (122) and EFBIG (27) on Linux; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private static bool IsDiskFull(IOException exception) =>
        OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 112 or 39 : exception.HResult is 28 or 122 or 27;
}
