using System.Globalization;
using System.Runtime.InteropServices;

namespace Attune.Learning.Tests;

/// <summary>The reference implementation, when this machine has it: libxgboost through its C interface.</summary>
internal static partial class XgboostLibrary
{
    private const string Library = "xgboost-reference";

    private static readonly nint Handle = Load();

    static XgboostLibrary() =>
        NativeLibrary.SetDllImportResolver(
            typeof(XgboostLibrary).Assembly, (name, _, _) => string.Equals(name, Library, StringComparison.Ordinal) ? Handle : 0);

    /// <summary>Trains on the rows and predicts the queries.</summary>
    public static float[] TrainAndPredict(FeatureTable rows, float[] labels, float[] weights, GradientBoostedTreesOptions options, FeatureTable queries)
    {
        nint train = Matrix(rows);
        nint test = Matrix(queries);
        Check(SetFloatInfo(train, "label", labels, (ulong)labels.Length));
        if (weights.Length > 0)
        {
            Check(SetFloatInfo(train, "weight", weights, (ulong)weights.Length));
        }

        Check(Create([train], 1, out nint booster));
        Set(booster, "objective", options.Loss switch
        {
            BoostingLoss.Logistic => "binary:logistic",
            BoostingLoss.Pairwise => "rank:pairwise",
            _ => "reg:squarederror",
        });
        Set(booster, "tree_method", "exact");
        Set(booster, "nthread", "1");
        Set(booster, "max_depth", options.Depth.ToString(CultureInfo.InvariantCulture));
        Set(booster, "eta", Text(options.LearningRate));
        Set(booster, "lambda", Text(options.Ridge));
        Set(booster, "gamma", Text(options.MinGain));
        Set(booster, "min_child_weight", Text(options.MinChildWeight));
        Set(booster, "base_score", Text(options.BaseScore));
        for (int round = 0; round < options.Rounds; round++)
        {
            Check(Update(booster, round, train));
        }

        Check(Predict(booster, test, 0, 0, 0, out ulong length, out nint values));
        var predictions = new float[(int)length];
        Marshal.Copy(values, predictions, 0, predictions.Length);
        Check(FreeBooster(booster));
        Check(FreeMatrix(train));
        Check(FreeMatrix(test));
        return predictions;
    }

    private static nint Load()
    {
        foreach (string name in Needs.XgboostNames)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }

    private static nint Matrix(FeatureTable table)
    {
        var flat = new float[table.Rows * table.Columns];
        for (int row = 0; row < table.Rows; row++)
        {
            table.Row(row).CopyTo(flat.AsSpan(row * table.Columns));
        }

        Check(CreateMatrix(flat, (ulong)table.Rows, (ulong)table.Columns, float.NaN, out nint matrix));
        return matrix;
    }

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Set(nint booster, string name, string value) => Check(SetParameter(booster, name, value));

    private static void Check(int code)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"libxgboost: {Marshal.PtrToStringUTF8(LastError())}");
        }
    }

    [LibraryImport(Library, EntryPoint = "XGBGetLastError")]
    private static partial nint LastError();

    [LibraryImport(Library, EntryPoint = "XGDMatrixCreateFromMat")]
    private static partial int CreateMatrix(float[] data, ulong rows, ulong columns, float missing, out nint matrix);

    [LibraryImport(Library, EntryPoint = "XGDMatrixSetFloatInfo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetFloatInfo(nint matrix, string field, float[] values, ulong length);

    [LibraryImport(Library, EntryPoint = "XGDMatrixFree")]
    private static partial int FreeMatrix(nint matrix);

    [LibraryImport(Library, EntryPoint = "XGBoosterCreate")]
    private static partial int Create(nint[] matrices, ulong count, out nint booster);

    [LibraryImport(Library, EntryPoint = "XGBoosterFree")]
    private static partial int FreeBooster(nint booster);

    [LibraryImport(Library, EntryPoint = "XGBoosterSetParam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetParameter(nint booster, string name, string value);

    [LibraryImport(Library, EntryPoint = "XGBoosterUpdateOneIter")]
    private static partial int Update(nint booster, int iteration, nint matrix);

    [LibraryImport(Library, EntryPoint = "XGBoosterPredict")]
    private static partial int Predict(nint booster, nint matrix, int options, uint trees, int training, out ulong length, out nint values);
}
