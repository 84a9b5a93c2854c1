"""組織管理システム and アカウント等管理システム as snapshots: import, index, search."""
